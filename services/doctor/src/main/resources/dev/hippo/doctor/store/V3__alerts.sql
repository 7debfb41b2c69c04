-- What people were alerted of, by the record that told it.
create table alert (
    topic_id varchar(40) not null,
    shard integer not null,
    at_offset bigint not null,
    subject varchar(250) not null,
    cause varchar(40) not null,
    urgent boolean not null,
    alert_text text not null,
    told_by varchar(250) not null,
    alerted_at bigint not null,
    primary key (topic_id, shard, at_offset)
);
create index alert_by_time on alert (alerted_at desc, at_offset desc);
