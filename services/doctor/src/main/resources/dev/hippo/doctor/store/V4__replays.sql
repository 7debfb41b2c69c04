-- Copies of ranges of topics, as the Doctor that makes them last told.
create table replay (
    replay_id varchar(250) not null primary key,
    ordered_at bigint not null,
    told_at bigint not null,
    told_by varchar(250) not null,
    full_json text not null
);
create index replay_by_time on replay (ordered_at);
create index replay_by_age on replay (told_at);
