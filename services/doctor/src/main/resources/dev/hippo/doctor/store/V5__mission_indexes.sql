-- For lists by partition with one filter more: of a million missions a thousand may be about the same partition.
create index mission_by_hippo_partition on mission (hippo, partition_values, created_at desc, mission_id desc);
create index mission_by_status_partition on mission (status, partition_values, created_at desc, mission_id desc);
