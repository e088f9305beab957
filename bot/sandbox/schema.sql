-- What the stand-in for WeChat remembers. Times are seconds since 1970 by the demo clock, leases by the real one.
CREATE TABLE IF NOT EXISTS patients (
    openid TEXT PRIMARY KEY, nickname TEXT NOT NULL, following INTEGER NOT NULL, followed_at REAL,
    blocks_pushes INTEGER NOT NULL DEFAULT 0,
    message_at REAL, sent_after_message INTEGER NOT NULL DEFAULT 0,
    event_at REAL, sent_after_event INTEGER NOT NULL DEFAULT 0);
CREATE TABLE IF NOT EXISTS bubbles (
    id INTEGER PRIMARY KEY AUTOINCREMENT, openid TEXT NOT NULL, at REAL NOT NULL, side TEXT NOT NULL,
    kind TEXT NOT NULL, body TEXT NOT NULL, post_id INTEGER);
CREATE INDEX IF NOT EXISTS bubbles_of ON bubbles (openid, id);
CREATE TABLE IF NOT EXISTS posts (
    id INTEGER PRIMARY KEY AUTOINCREMENT, openid TEXT NOT NULL, xml TEXT NOT NULL, visible INTEGER NOT NULL,
    state TEXT NOT NULL DEFAULT 'queued', attempts INTEGER NOT NULL DEFAULT 0, lease_until REAL NOT NULL,
    note TEXT NOT NULL DEFAULT '');
CREATE INDEX IF NOT EXISTS posts_open ON posts (state, lease_until) WHERE state != 'done';
CREATE INDEX IF NOT EXISTS posts_of ON posts (openid, id);
CREATE TABLE IF NOT EXISTS attempts (
    id INTEGER PRIMARY KEY AUTOINCREMENT, post_id INTEGER NOT NULL, status TEXT NOT NULL, ms INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS tokens (token TEXT PRIMARY KEY, issued_at REAL NOT NULL, expires_at REAL NOT NULL,
    revoked INTEGER NOT NULL DEFAULT 0);
CREATE TABLE IF NOT EXISTS templates (id TEXT PRIMARY KEY, kind TEXT NOT NULL, title TEXT NOT NULL, fields TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS lasting (id TEXT PRIMARY KEY);
CREATE TABLE IF NOT EXISTS assistant (msg_id TEXT PRIMARY KEY, order_id TEXT NOT NULL, openid TEXT NOT NULL,
    status INTEGER NOT NULL, at REAL NOT NULL);
CREATE INDEX IF NOT EXISTS assistant_of ON assistant (order_id);
CREATE TABLE IF NOT EXISTS consents (openid TEXT NOT NULL, template_id TEXT NOT NULL, left_over INTEGER NOT NULL,
    long_term INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (openid, template_id));
CREATE TABLE IF NOT EXISTS notices (id INTEGER PRIMARY KEY AUTOINCREMENT, openid TEXT NOT NULL, template_id TEXT NOT NULL,
    client_id TEXT NOT NULL, digest TEXT NOT NULL, at REAL NOT NULL);
CREATE INDEX IF NOT EXISTS notices_of ON notices (openid, at);
CREATE TABLE IF NOT EXISTS qrcodes (ticket TEXT PRIMARY KEY, scene TEXT NOT NULL, expires_at REAL);
CREATE TABLE IF NOT EXISTS menu (id INTEGER PRIMARY KEY CHECK (id = 1), body TEXT NOT NULL, version INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS media (id TEXT PRIMARY KEY, mime TEXT NOT NULL, data BLOB NOT NULL, at REAL NOT NULL);
CREATE TABLE IF NOT EXISTS calls (id INTEGER PRIMARY KEY AUTOINCREMENT, api TEXT NOT NULL, at REAL NOT NULL,
    body TEXT NOT NULL, errcode INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS counters (api TEXT NOT NULL, span TEXT NOT NULL, n INTEGER NOT NULL, PRIMARY KEY (api, span));
CREATE TABLE IF NOT EXISTS limits (api TEXT NOT NULL, span TEXT NOT NULL, n INTEGER NOT NULL, PRIMARY KEY (api, span));
CREATE TABLE IF NOT EXISTS faults (id INTEGER PRIMARY KEY AUTOINCREMENT, api TEXT NOT NULL, spec TEXT NOT NULL,
    left_over INTEGER NOT NULL);

-- What the SMS operator remembers.
CREATE TABLE IF NOT EXISTS sms (
    id INTEGER PRIMARY KEY AUTOINCREMENT, at REAL NOT NULL, door TEXT NOT NULL, phone TEXT NOT NULL,
    template TEXT NOT NULL, text TEXT NOT NULL, key TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS sms_to ON sms (phone, at);
CREATE TABLE IF NOT EXISTS sms_templates (code TEXT PRIMARY KEY, text TEXT NOT NULL, approved INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS sms_fates (id INTEGER PRIMARY KEY AUTOINCREMENT, phone TEXT NOT NULL, stage TEXT NOT NULL,
    reason TEXT NOT NULL, left_over INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS sms_reports (
    id INTEGER PRIMARY KEY AUTOINCREMENT, sms_id INTEGER NOT NULL UNIQUE, ok INTEGER NOT NULL, reason TEXT NOT NULL,
    held INTEGER NOT NULL, tries INTEGER NOT NULL DEFAULT 0, answer TEXT NOT NULL DEFAULT '');

-- The demo's first patients; they follow the account when their chat is first opened.
INSERT OR IGNORE INTO patients (openid, nickname, following) VALUES
    ('oSuizhenDemoPatient000000001', '小林', 0),
    ('oSuizhenDemoPatient000000002', '陈阿姨', 0),
    ('oSuizhenDemoPatient000000003', '王大爷', 0);
