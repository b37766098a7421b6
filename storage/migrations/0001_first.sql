-- +goose Up

-- One set of statements for both engines. The names of types are PostgreSQL's;
-- for SQLite some of them are rewritten when the file is read (see migrate.go).
-- Times are unix milliseconds, 0 is none. Bodies are JSON with a version in "v".

CREATE TABLE counters (
    name  TEXT PRIMARY KEY,
    value BIGINT NOT NULL
);

-- state: waiting, done, dead; then gone (the body is dropped, the key is kept
-- for a while) or kept (the same, for ever).
CREATE TABLE inbox (
    id          BIGSERIAL PRIMARY KEY,
    source      TEXT NOT NULL,
    key         TEXT,
    kind        TEXT NOT NULL,
    lane        TEXT NOT NULL,
    state       TEXT NOT NULL DEFAULT 'waiting',
    attempt     INTEGER NOT NULL DEFAULT 0,
    not_before  BIGINT NOT NULL DEFAULT 0,
    accepted_at BIGINT NOT NULL,
    done_at     BIGINT NOT NULL DEFAULT 0,
    why         TEXT NOT NULL DEFAULT '',
    body        TEXT NOT NULL,
    raw         BYTEA
);
CREATE UNIQUE INDEX inbox_key ON inbox (source, key);
CREATE INDEX inbox_waiting ON inbox (id, lane, not_before) WHERE state = 'waiting';
CREATE INDEX inbox_done ON inbox (done_at) WHERE state = 'done';
CREATE INDEX inbox_gone ON inbox (done_at) WHERE state = 'gone';
CREATE INDEX inbox_dead ON inbox (state, id) WHERE state = 'dead';

CREATE TABLE outbox (
    id              BIGSERIAL PRIMARY KEY,
    key             TEXT NOT NULL UNIQUE,
    adapter         TEXT NOT NULL,
    channel         TEXT NOT NULL,
    thread          TEXT NOT NULL,
    op              TEXT NOT NULL,
    urgency         INTEGER NOT NULL,
    card            TEXT NOT NULL,
    after_key       TEXT NOT NULL,
    request         BIGINT NOT NULL,
    face            TEXT NOT NULL,
    state           TEXT NOT NULL DEFAULT 'waiting',
    attempt         INTEGER NOT NULL DEFAULT 0,
    error           TEXT NOT NULL DEFAULT '',
    created_at      BIGINT NOT NULL,
    intended_at     BIGINT NOT NULL DEFAULT 0,
    not_before      BIGINT NOT NULL,
    until_at        BIGINT NOT NULL,
    done_at         BIGINT NOT NULL DEFAULT 0,
    receipt_message TEXT NOT NULL DEFAULT '',
    receipt_thread  TEXT NOT NULL DEFAULT '',
    body            TEXT NOT NULL
);
CREATE INDEX outbox_active ON outbox (adapter, id) WHERE state IN ('waiting', 'sending', 'unknown');
CREATE INDEX outbox_card ON outbox (card) WHERE state = 'waiting' AND card <> '';
CREATE INDEX outbox_after ON outbox (after_key) WHERE state = 'waiting' AND after_key <> '';
CREATE INDEX outbox_stuck ON outbox (state, id) WHERE state IN ('dead', 'held');
CREATE INDEX outbox_request ON outbox (request, id) WHERE request <> 0;
CREATE INDEX outbox_done ON outbox (done_at) WHERE done_at > 0 AND body <> '';
CREATE INDEX outbox_gone ON outbox (done_at) WHERE done_at > 0 AND body = '';

CREATE TABLE timers (
    key      TEXT PRIMARY KEY,
    due_at   BIGINT NOT NULL,
    presumes INTEGER NOT NULL DEFAULT 0,
    body     TEXT NOT NULL
);
CREATE INDEX timers_due ON timers (due_at);

CREATE TABLE timer_presumes (
    timer   TEXT NOT NULL,
    adapter TEXT NOT NULL,
    PRIMARY KEY (timer, adapter)
);

CREATE TABLE duties (
    name     TEXT PRIMARY KEY,
    holder   TEXT NOT NULL,
    token    BIGINT NOT NULL,
    until_at BIGINT NOT NULL
);

CREATE TABLE heard (
    adapter  TEXT PRIMARY KEY,
    until_at BIGINT NOT NULL
);

-- idle_since: 0 while a row names the blob, else when the last one ceased to.
CREATE TABLE blobs (
    id         BIGSERIAL PRIMARY KEY,
    hash       TEXT NOT NULL,
    kind       TEXT NOT NULL,
    size       BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    idle_since BIGINT NOT NULL
);
CREATE UNIQUE INDEX blobs_hash ON blobs (hash, kind) WHERE hash <> '';
CREATE INDEX blobs_idle ON blobs (idle_since) WHERE idle_since > 0;

CREATE TABLE blob_chunks (
    blob BIGINT NOT NULL REFERENCES blobs (id) ON DELETE CASCADE,
    n    INTEGER NOT NULL,
    data BYTEA NOT NULL,
    PRIMARY KEY (blob, n)
);

CREATE TABLE blob_refs (
    hash  TEXT NOT NULL,
    owner TEXT NOT NULL,
    id    BIGINT NOT NULL,
    PRIMARY KEY (hash, owner, id)
);
CREATE INDEX blob_refs_owner ON blob_refs (owner, id);

CREATE TABLE requests (
    number       BIGINT PRIMARY KEY,
    state        TEXT NOT NULL,
    assignee     TEXT NOT NULL,
    requester    TEXT NOT NULL,
    client       TEXT NOT NULL,
    home_adapter TEXT NOT NULL,
    home_channel TEXT NOT NULL,
    home_thread  TEXT NOT NULL,
    desk_adapter TEXT NOT NULL,
    desk_channel TEXT NOT NULL,
    desk_thread  TEXT NOT NULL,
    version      INTEGER NOT NULL,
    created_at   BIGINT NOT NULL,
    updated_at   BIGINT NOT NULL,
    body         TEXT NOT NULL
);
CREATE INDEX requests_open ON requests (number, state, assignee) WHERE state <> 'closed';
CREATE INDEX requests_state ON requests (state, number);
CREATE INDEX requests_assignee ON requests (assignee, state, number);
CREATE INDEX requests_requester ON requests (requester, state, number);
CREATE INDEX requests_client ON requests (client, state, number);
CREATE INDEX requests_home ON requests (home_adapter, home_channel, home_thread) WHERE home_thread <> '';
CREATE INDEX requests_desk ON requests (desk_adapter, desk_channel, desk_thread) WHERE desk_thread <> '';

-- root: the message is the card or the first message, not an answer below it.
CREATE TABLE links (
    adapter TEXT NOT NULL,
    channel TEXT NOT NULL,
    message TEXT NOT NULL,
    request BIGINT NOT NULL,
    face    TEXT NOT NULL,
    root    INTEGER NOT NULL,
    key     TEXT NOT NULL,
    PRIMARY KEY (adapter, channel, message)
);
CREATE INDEX links_request ON links (request);

CREATE TABLE comments (
    id         BIGSERIAL PRIMARY KEY,
    request    BIGINT NOT NULL,
    visibility TEXT NOT NULL,
    adapter    TEXT NOT NULL,
    channel    TEXT NOT NULL,
    message    TEXT NOT NULL,
    body       TEXT NOT NULL
);
CREATE INDEX comments_request ON comments (request, id);
CREATE INDEX comments_message ON comments (adapter, channel, message) WHERE message <> '';

CREATE TABLE acts (
    id      BIGSERIAL PRIMARY KEY,
    request BIGINT NOT NULL,
    who     TEXT NOT NULL,
    emoji   TEXT NOT NULL,
    adapter TEXT NOT NULL,
    channel TEXT NOT NULL,
    message TEXT NOT NULL,
    at      BIGINT NOT NULL,
    undone  INTEGER NOT NULL,
    body    TEXT NOT NULL
);
CREATE INDEX acts_who ON acts (who, id) WHERE undone = 0;
CREATE INDEX acts_request ON acts (request, who, id) WHERE undone = 0;
CREATE INDEX acts_message ON acts (adapter, channel, message, who) WHERE undone = 0;

CREATE TABLE mails (
    id      BIGSERIAL PRIMARY KEY,
    key     TEXT UNIQUE,
    message TEXT NOT NULL,
    request BIGINT NOT NULL,
    state   TEXT NOT NULL,
    body    TEXT NOT NULL
);
CREATE INDEX mails_message ON mails (message) WHERE message <> '';

CREATE TABLE alerts (
    hook        TEXT COLLATE "C" NOT NULL,
    fingerprint TEXT COLLATE "C" NOT NULL,
    grp         TEXT NOT NULL,
    status      TEXT NOT NULL,
    title       TEXT COLLATE "C" NOT NULL,
    body        TEXT NOT NULL,
    PRIMARY KEY (hook, fingerprint)
);
CREATE INDEX alerts_group ON alerts (hook, grp);

CREATE TABLE alert_groups (
    number BIGINT PRIMARY KEY,
    hook   TEXT NOT NULL,
    key    TEXT NOT NULL,
    body   TEXT NOT NULL,
    UNIQUE (hook, key)
);

CREATE TABLE messages (
    num     BIGSERIAL PRIMARY KEY,
    adapter TEXT NOT NULL,
    channel TEXT NOT NULL,
    thread  TEXT NOT NULL,
    id      TEXT NOT NULL,
    deleted INTEGER NOT NULL,
    body    TEXT NOT NULL,
    UNIQUE (adapter, channel, id)
);
CREATE INDEX messages_place ON messages (adapter, channel, thread, num);

CREATE TABLE reactions (
    num     BIGSERIAL PRIMARY KEY,
    adapter TEXT NOT NULL,
    channel TEXT NOT NULL,
    message TEXT NOT NULL,
    emoji   TEXT NOT NULL,
    who     TEXT NOT NULL,
    UNIQUE (adapter, channel, message, emoji, who)
);

-- How often what a channel shows has changed.
CREATE TABLE shown_changes (
    adapter TEXT NOT NULL,
    channel TEXT NOT NULL,
    changes BIGINT NOT NULL,
    PRIMARY KEY (adapter, channel)
);

CREATE TABLE persons (
    number BIGINT PRIMARY KEY,
    id     TEXT NOT NULL UNIQUE
);

-- The chain: hash covers every column before it and the hash of the line
-- before. who is a person's number; why_hash covers audit_why.
CREATE TABLE audit (
    id       BIGINT PRIMARY KEY,
    at       BIGINT NOT NULL,
    who      BIGINT NOT NULL,
    surface  TEXT NOT NULL,
    action   TEXT NOT NULL,
    object   TEXT NOT NULL,
    before   TEXT NOT NULL,
    after    TEXT NOT NULL,
    event    BIGINT NOT NULL,
    why_hash TEXT NOT NULL,
    hash     TEXT NOT NULL
);
CREATE INDEX audit_object ON audit (object, id);

-- Outside of the chain, so that a person's words can be erased. The salt keeps
-- the hash from giving short words away afterwards.
CREATE TABLE audit_why (
    audit BIGINT PRIMARY KEY REFERENCES audit (id),
    salt  TEXT NOT NULL,
    why   TEXT NOT NULL
);
