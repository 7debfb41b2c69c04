-- Words that H2 and PostgreSQL both understand. Times are milliseconds since 1970: no database's time zone comes between.

-- The one pipeline whose status this is.
create table pipeline (name varchar(250) primary key);

-- Where reading goes on; written in the transaction of what was read. A topic that was made anew has another id, and begins at its beginning.
create table feed_position (
    topic_id varchar(40) not null,
    shard integer not null,
    topic varchar(250) not null,
    next_offset bigint not null,
    primary key (topic_id, shard)
);

create table unreadable_record (
    topic_id varchar(40) not null,
    shard integer not null,
    at_offset bigint not null,
    topic varchar(250) not null,
    received_at bigint not null,
    reason text not null,
    primary key (topic_id, shard, at_offset)
);

create table service (
    name varchar(250) primary key,
    kind varchar(40) not null,
    state varchar(40) not null,
    host varchar(250) not null,
    pid bigint not null,
    port integer not null,
    beat_at bigint not null,
    interval_millis bigint not null,
    progress_at bigint not null,
    lag bigint not null,
    progress_position text not null,
    error_text text not null
);

create table mission (
    mission_id varchar(250) primary key,
    hippo varchar(250) not null,
    status varchar(20) not null,
    attempt integer not null,
    failures integer not null,
    partition_values varchar(1000) not null,
    rule_text text not null,
    created_at bigint not null,
    started_at bigint,
    finished_at bigint,
    changed_at bigint not null,
    full_json text not null
);
create index mission_by_time on mission (created_at desc, mission_id desc);
create index mission_by_hippo on mission (hippo, created_at desc, mission_id desc);
create index mission_by_status on mission (status, created_at desc, mission_id desc);
create index mission_by_hippo_status on mission (hippo, status, created_at desc, mission_id desc);
create index mission_by_partition on mission (partition_values, created_at desc, mission_id desc);

-- Every change of a mission's state that Kafka told, by the record that told it.
create table mission_event (
    mission_id varchar(250) not null,
    topic_id varchar(40) not null,
    shard integer not null,
    at_offset bigint not null,
    changed_at bigint not null,
    status varchar(20) not null,
    attempt integer not null,
    due_at bigint,
    log text not null,
    error_class varchar(20) not null,
    error_text text not null,
    primary key (mission_id, topic_id, shard, at_offset)
);

create table lake_table (
    db varchar(250) not null,
    name varchar(250) not null,
    hippo varchar(250) not null,
    method varchar(100) not null,
    executed_at bigint not null,
    version bigint not null,
    heard_at bigint not null,
    primary key (db, name)
);

create table lake_partition (
    db varchar(250) not null,
    name varchar(250) not null,
    partition_values varchar(1000) not null,
    partition_text text not null,
    executed_at bigint not null,
    version bigint not null,
    heard_at bigint not null,
    primary key (db, name, partition_values)
);
