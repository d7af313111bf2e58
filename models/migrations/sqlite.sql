CREATE TABLE alembic_version (
version_num VARCHAR(32) NOT NULL,
CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
CREATE TABLE "locks" (
name TEXT NOT NULL,
held_by TEXT NOT NULL,
until BIGINT NOT NULL,
CONSTRAINT pk_turns PRIMARY KEY (name)
);
CREATE TABLE users (
id INTEGER NOT NULL,
address TEXT NOT NULL,
name TEXT NOT NULL,
zone TEXT NOT NULL,
digest_weekday INTEGER NOT NULL,
digest_hour INTEGER NOT NULL,
created_at BIGINT NOT NULL,
subjects_kept BOOLEAN NOT NULL,
"unsubscribe_token" TEXT,
"preferences_set_at" BIGINT, digest_budget INTEGER DEFAULT '5' NOT NULL, action_key TEXT, admin BOOLEAN DEFAULT 0 NOT NULL,
CONSTRAINT pk_users PRIMARY KEY (id),
CONSTRAINT uq_users_address UNIQUE (address)
);
CREATE TABLE accounts (
id INTEGER NOT NULL,
user_id INTEGER NOT NULL,
provider TEXT NOT NULL,
address TEXT NOT NULL,
state TEXT NOT NULL,
trouble TEXT,
"reported_at" BIGINT,
scopes TEXT NOT NULL,
sources TEXT NOT NULL,
connected_at BIGINT NOT NULL,
discovered_at BIGINT,
paused_until BIGINT, subject TEXT,
CONSTRAINT fk_accounts_user_id_users FOREIGN KEY(user_id) REFERENCES users (id) ON DELETE CASCADE,
CONSTRAINT pk_accounts PRIMARY KEY (id),
CONSTRAINT uq_accounts_user_id_provider_address UNIQUE (user_id, provider, address)
);
CREATE TABLE assessments (
user_id INTEGER NOT NULL,
person TEXT NOT NULL,
as_of BIGINT NOT NULL,
depth DOUBLE NOT NULL,
stage TEXT NOT NULL,
warmth TEXT NOT NULL,
"incomplete" BOOLEAN NOT NULL,
document BLOB NOT NULL, need DOUBLE DEFAULT 0 NOT NULL, beats BLOB,
CONSTRAINT fk_assessments_user_id_users FOREIGN KEY(user_id) REFERENCES users (id) ON DELETE CASCADE,
CONSTRAINT pk_assessments PRIMARY KEY (user_id, person)
)
WITHOUT ROWID;
CREATE TABLE decisions (
user_id INTEGER NOT NULL,
kind TEXT NOT NULL,
subject TEXT NOT NULL,
object TEXT NOT NULL,
at BIGINT NOT NULL,
until BIGINT,
CONSTRAINT fk_decisions_user_id_users FOREIGN KEY(user_id) REFERENCES users (id) ON DELETE CASCADE,
CONSTRAINT pk_decisions PRIMARY KEY (user_id, kind, subject, object)
)
WITHOUT ROWID;
CREATE TABLE failures (
actor TEXT NOT NULL,
subject TEXT NOT NULL,
user_id INTEGER,
error TEXT NOT NULL,
times INTEGER NOT NULL,
first_at BIGINT NOT NULL,
last_at BIGINT NOT NULL,
again_at BIGINT NOT NULL,
CONSTRAINT fk_failures_user_id_users FOREIGN KEY(user_id) REFERENCES users (id) ON DELETE CASCADE,
CONSTRAINT pk_failures PRIMARY KEY (actor, subject)
)
WITHOUT ROWID;
CREATE INDEX ix_failures_user ON failures (user_id);
CREATE TABLE habits (
user_id INTEGER NOT NULL,
day INTEGER NOT NULL,
document BLOB NOT NULL, basis TEXT DEFAULT '' NOT NULL,
CONSTRAINT fk_habits_user_id_users FOREIGN KEY(user_id) REFERENCES users (id) ON DELETE CASCADE,
CONSTRAINT pk_habits PRIMARY KEY (user_id)
)
WITHOUT ROWID;
CREATE TABLE "digests" (
user_id INTEGER NOT NULL,
period TEXT NOT NULL,
made_at BIGINT NOT NULL,
document BLOB,
"delivery_started_at" BIGINT,
sent_at BIGINT,
message_id TEXT,
"uncertain_deliveries" INTEGER DEFAULT 0 NOT NULL,
trouble TEXT, content BLOB,
CONSTRAINT fk_letters_user_id_users FOREIGN KEY(user_id) REFERENCES users (id) ON DELETE CASCADE,
CONSTRAINT pk_letters PRIMARY KEY (user_id, period)
)
WITHOUT ROWID;
CREATE TABLE "digest_lines" (
user_id INTEGER NOT NULL,
period TEXT NOT NULL,
person TEXT NOT NULL,
kind TEXT NOT NULL,
at BIGINT NOT NULL,
said DOUBLE,
last_at BIGINT,
position INTEGER NOT NULL,
CONSTRAINT fk_nudges_user_id_users FOREIGN KEY(user_id) REFERENCES users (id) ON DELETE CASCADE,
CONSTRAINT pk_nudges PRIMARY KEY (user_id, period, person)
)
WITHOUT ROWID;
CREATE TABLE own_addresses (
user_id INTEGER NOT NULL,
address TEXT NOT NULL,
why TEXT NOT NULL,
CONSTRAINT fk_own_addresses_user_id_users FOREIGN KEY(user_id) REFERENCES users (id) ON DELETE CASCADE,
CONSTRAINT pk_own_addresses PRIMARY KEY (user_id, address)
)
WITHOUT ROWID;
CREATE TABLE people (
user_id INTEGER NOT NULL,
"key" TEXT NOT NULL,
name TEXT NOT NULL,
due_at BIGINT,
CONSTRAINT fk_people_user_id_users FOREIGN KEY(user_id) REFERENCES users (id) ON DELETE CASCADE,
CONSTRAINT pk_people PRIMARY KEY (user_id, "key")
)
WITHOUT ROWID;
CREATE INDEX ix_people_due ON people (user_id, due_at);
CREATE TABLE secrets (
account_id INTEGER NOT NULL,
purpose TEXT NOT NULL,
sealed BLOB NOT NULL,
"key" TEXT NOT NULL,
CONSTRAINT fk_secrets_account_id_accounts FOREIGN KEY(account_id) REFERENCES accounts (id) ON DELETE CASCADE,
CONSTRAINT pk_secrets PRIMARY KEY (account_id, purpose)
);
CREATE TABLE sending_consents (
user_id INTEGER NOT NULL,
account_id INTEGER NOT NULL,
granted_at BIGINT NOT NULL,
trouble TEXT,
CONSTRAINT fk_sending_consents_account_id_accounts FOREIGN KEY(account_id) REFERENCES accounts (id) ON DELETE CASCADE,
CONSTRAINT fk_sending_consents_user_id_users FOREIGN KEY(user_id) REFERENCES users (id) ON DELETE CASCADE,
CONSTRAINT pk_sending_consents PRIMARY KEY (user_id)
);
CREATE TABLE streams (
id INTEGER NOT NULL,
user_id INTEGER NOT NULL,
account_id INTEGER NOT NULL,
kind TEXT NOT NULL,
name TEXT NOT NULL,
title TEXT NOT NULL,
cursor TEXT,
round INTEGER NOT NULL,
sweeping BOOLEAN NOT NULL,
unfinished BOOLEAN NOT NULL,
listed INTEGER,
done BIGINT,
total BIGINT,
unit TEXT,
began_at BIGINT,
synced_at BIGINT,
audited_at BIGINT,
due_at BIGINT,
asked_at BIGINT,
"notified_at" BIGINT,
"generation" INTEGER DEFAULT '0' NOT NULL,
interval INTEGER NOT NULL,
trouble TEXT,
failures INTEGER NOT NULL,
retired BOOLEAN NOT NULL,
"usage" TEXT,
leased_by TEXT,
leased_until BIGINT,
fence INTEGER NOT NULL, newest_at BIGINT,
CONSTRAINT fk_streams_account_id_accounts FOREIGN KEY(account_id) REFERENCES accounts (id) ON DELETE CASCADE,
CONSTRAINT fk_streams_user_id_users FOREIGN KEY(user_id) REFERENCES users (id) ON DELETE CASCADE,
CONSTRAINT pk_streams PRIMARY KEY (id),
CONSTRAINT uq_streams_account_id_name UNIQUE (account_id, name)
);
CREATE INDEX ix_streams_user_id ON streams (user_id);
CREATE TABLE "push_subscriptions" (
account_id INTEGER NOT NULL,
place TEXT NOT NULL,
name TEXT,
secret TEXT NOT NULL,
until BIGINT,
due_at BIGINT NOT NULL,
trouble TEXT,
CONSTRAINT fk_watches_account_id_accounts FOREIGN KEY(account_id) REFERENCES accounts (id) ON DELETE CASCADE,
CONSTRAINT pk_watches PRIMARY KEY (account_id)
);
CREATE TABLE unreadable (
stream_id INTEGER NOT NULL,
place TEXT NOT NULL,
user_id INTEGER NOT NULL,
"key" TEXT,
reason TEXT NOT NULL,
round INTEGER NOT NULL,
CONSTRAINT fk_unreadable_stream_id_streams FOREIGN KEY(stream_id) REFERENCES streams (id) ON DELETE CASCADE,
CONSTRAINT pk_unreadable PRIMARY KEY (stream_id, place)
)
WITHOUT ROWID;
CREATE INDEX ix_assessments_incomplete ON assessments (user_id, incomplete);
CREATE INDEX ix_assessments_need ON assessments (user_id, need, depth);
CREATE INDEX ix_assessments_depth ON assessments (user_id, depth);
CREATE TABLE actions (
user_id INTEGER NOT NULL,
id TEXT NOT NULL,
action TEXT NOT NULL,
person TEXT NOT NULL,
at BIGINT NOT NULL,
via TEXT NOT NULL,
"before" TEXT NOT NULL,
undone_at BIGINT,
confirmed_in TEXT,
CONSTRAINT fk_actions_user_id_users FOREIGN KEY(user_id) REFERENCES users (id) ON DELETE CASCADE,
CONSTRAINT pk_actions PRIMARY KEY (user_id, id)
)
WITHOUT ROWID;
CREATE INDEX ix_actions_at ON actions (user_id, at);
CREATE TABLE introductions (
user_id INTEGER NOT NULL,
introduced TEXT NOT NULL,
introducer TEXT NOT NULL,
interaction_id TEXT NOT NULL,
at BIGINT NOT NULL,
known_at BIGINT NOT NULL,
confidence DOUBLE NOT NULL,
signs TEXT NOT NULL,
evidence TEXT NOT NULL,
counts BOOLEAN NOT NULL,
CONSTRAINT fk_introductions_user_id_users FOREIGN KEY(user_id) REFERENCES users (id) ON DELETE CASCADE,
CONSTRAINT pk_introductions PRIMARY KEY (user_id, introduced, introducer, interaction_id)
)
WITHOUT ROWID;
CREATE INDEX ix_introductions_introducer ON introductions (user_id, introducer);
CREATE TABLE console_sessions (
token TEXT NOT NULL,
user_id INTEGER,
way TEXT NOT NULL,
made_at BIGINT NOT NULL,
used_at BIGINT NOT NULL,
CONSTRAINT fk_console_sessions_user_id_users FOREIGN KEY(user_id) REFERENCES users (id) ON DELETE CASCADE,
CONSTRAINT pk_console_sessions PRIMARY KEY (token)
)
WITHOUT ROWID;
CREATE TABLE sign_in_links (
token TEXT NOT NULL,
user_id INTEGER,
purpose TEXT NOT NULL,
until BIGINT NOT NULL,
CONSTRAINT fk_sign_in_links_user_id_users FOREIGN KEY(user_id) REFERENCES users (id) ON DELETE CASCADE,
CONSTRAINT pk_sign_in_links PRIMARY KEY (token)
)
WITHOUT ROWID;
CREATE TABLE passkeys (
credential TEXT NOT NULL,
user_id INTEGER NOT NULL,
public_key BLOB NOT NULL,
signatures BIGINT NOT NULL,
name TEXT NOT NULL,
made_at BIGINT NOT NULL,
used_at BIGINT,
CONSTRAINT fk_passkeys_user_id_users FOREIGN KEY(user_id) REFERENCES users (id) ON DELETE CASCADE,
CONSTRAINT pk_passkeys PRIMARY KEY (credential)
)
WITHOUT ROWID;
CREATE TABLE outside_identities (
issuer TEXT NOT NULL,
subject TEXT NOT NULL,
user_id INTEGER NOT NULL,
made_at BIGINT NOT NULL,
CONSTRAINT fk_outside_identities_user_id_users FOREIGN KEY(user_id) REFERENCES users (id) ON DELETE CASCADE,
CONSTRAINT pk_outside_identities PRIMARY KEY (issuer, subject)
)
WITHOUT ROWID;
CREATE TABLE audit_events (
id INTEGER NOT NULL,
user_id INTEGER,
at BIGINT NOT NULL,
event TEXT NOT NULL,
place TEXT NOT NULL,
detail TEXT,
CONSTRAINT fk_audit_events_user_id_users FOREIGN KEY(user_id) REFERENCES users (id) ON DELETE CASCADE,
CONSTRAINT pk_audit_events PRIMARY KEY (id)
);
CREATE INDEX ix_audit_events_user ON audit_events (user_id, id);
CREATE INDEX ix_console_sessions_user_id ON console_sessions (user_id);
CREATE INDEX ix_sign_in_links_user_id ON sign_in_links (user_id);
CREATE INDEX ix_passkeys_user_id ON passkeys (user_id);
CREATE INDEX ix_outside_identities_user_id ON outside_identities (user_id);
CREATE TABLE tokens (
id TEXT NOT NULL,
user_id INTEGER NOT NULL,
name TEXT NOT NULL,
rights TEXT NOT NULL,
hash TEXT NOT NULL,
made_at BIGINT NOT NULL,
CONSTRAINT fk_tokens_user_id_users FOREIGN KEY(user_id) REFERENCES users (id) ON DELETE CASCADE,
CONSTRAINT pk_tokens PRIMARY KEY (id)
)
WITHOUT ROWID;
CREATE INDEX ix_tokens_user ON tokens (user_id);
CREATE TABLE outlets (
user_id INTEGER NOT NULL,
id TEXT NOT NULL,
kind TEXT NOT NULL,
sealed BLOB NOT NULL,
"key" TEXT NOT NULL,
events TEXT NOT NULL,
made_at BIGINT NOT NULL,
trouble TEXT,
CONSTRAINT fk_outlets_user_id_users FOREIGN KEY(user_id) REFERENCES users (id) ON DELETE CASCADE,
CONSTRAINT pk_outlets PRIMARY KEY (user_id, id)
)
WITHOUT ROWID;
CREATE TABLE notices (
user_id INTEGER NOT NULL,
outlet TEXT NOT NULL,
event TEXT NOT NULL,
at BIGINT NOT NULL,
due_at BIGINT,
tries INTEGER DEFAULT '0' NOT NULL,
CONSTRAINT fk_notices_user_id_outlet_outlets FOREIGN KEY(user_id, outlet) REFERENCES outlets (user_id, id) ON DELETE CASCADE,
CONSTRAINT pk_notices PRIMARY KEY (user_id, outlet, event)
)
WITHOUT ROWID;
CREATE INDEX ix_notices_due ON notices (due_at);
CREATE TABLE organizations (
id INTEGER NOT NULL,
provider TEXT NOT NULL,
name TEXT NOT NULL,
decided_by TEXT NOT NULL,
allowed TEXT NOT NULL,
sealed BLOB NOT NULL,
"key" TEXT NOT NULL,
connected_at BIGINT NOT NULL,
checked_at BIGINT,
trouble TEXT,
advice TEXT,
CONSTRAINT pk_organizations PRIMARY KEY (id),
CONSTRAINT uq_organizations_provider_name UNIQUE (provider, name)
);
CREATE TABLE members (
organization_id INTEGER NOT NULL,
address TEXT NOT NULL,
state TEXT NOT NULL,
user_id INTEGER,
noticed_at BIGINT,
left_at BIGINT,
trouble TEXT,
CONSTRAINT fk_members_organization_id_organizations FOREIGN KEY(organization_id) REFERENCES organizations (id) ON DELETE CASCADE,
CONSTRAINT fk_members_user_id_users FOREIGN KEY(user_id) REFERENCES users (id) ON DELETE SET NULL,
CONSTRAINT pk_members PRIMARY KEY (organization_id, address)
)
WITHOUT ROWID;
CREATE INDEX ix_members_user_id ON members (user_id);
CREATE TABLE opt_outs (
address TEXT NOT NULL,
at BIGINT NOT NULL,
CONSTRAINT pk_opt_outs PRIMARY KEY (address)
)
WITHOUT ROWID;
CREATE TABLE sharing (
user_id INTEGER NOT NULL,
team TEXT NOT NULL,
since BIGINT NOT NULL,
CONSTRAINT fk_sharing_user_id_users FOREIGN KEY(user_id) REFERENCES users (id) ON DELETE CASCADE,
CONSTRAINT pk_sharing PRIMARY KEY (user_id)
)
WITHOUT ROWID;
CREATE TABLE "sightings" (
stream_id INTEGER NOT NULL,
"key" TEXT NOT NULL,
user_id INTEGER NOT NULL,
identity BLOB NOT NULL,
outcome TEXT NOT NULL,
reason TEXT,
gone_at BIGINT,
round INTEGER NOT NULL,
stale BOOLEAN NOT NULL,
record BLOB,
series BLOB,
CONSTRAINT fk_sightings_stream_id_streams FOREIGN KEY(stream_id) REFERENCES streams (id) ON DELETE CASCADE,
CONSTRAINT pk_sightings PRIMARY KEY (stream_id, "key")
);
CREATE INDEX ix_sightings_stale ON sightings (user_id) WHERE stale = 1;
CREATE TABLE "evidence" (
user_id INTEGER NOT NULL,
fact TEXT NOT NULL,
address TEXT NOT NULL,
kind TEXT NOT NULL,
at BIGINT NOT NULL,
account_id INTEGER NOT NULL,
source BLOB NOT NULL,
why TEXT,
CONSTRAINT fk_evidence_account_id_accounts FOREIGN KEY(account_id) REFERENCES accounts (id) ON DELETE CASCADE,
CONSTRAINT fk_evidence_user_id_users FOREIGN KEY(user_id) REFERENCES users (id) ON DELETE CASCADE,
CONSTRAINT pk_evidence PRIMARY KEY (user_id, fact, address, kind, at, account_id, source)
)
WITHOUT ROWID;
CREATE INDEX ix_sightings_series ON sightings (user_id, series) WHERE series IS NOT NULL;
CREATE INDEX ix_sightings_outcome ON sightings (user_id, stream_id, outcome, reason) WHERE outcome <> 'h';
CREATE TABLE dictionaries (
id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
user_id INTEGER NOT NULL,
content BLOB NOT NULL,
CONSTRAINT fk_dictionaries_user_id_users FOREIGN KEY(user_id) REFERENCES users (id) ON DELETE CASCADE
);
CREATE INDEX ix_dictionaries_user_id ON dictionaries (user_id);
CREATE TABLE "interactions" (
number INTEGER NOT NULL,
user_id INTEGER NOT NULL,
id BLOB NOT NULL,
account TEXT NOT NULL,
channel TEXT NOT NULL,
direction TEXT NOT NULL,
occurred_at BIGINT NOT NULL,
ends_at BIGINT,
counts_at BIGINT NOT NULL,
subject TEXT,
thread TEXT,
message_id TEXT,
ical_uid TEXT,
recurrence_at BIGINT,
group_size INTEGER NOT NULL,
my_role TEXT,
my_response TEXT,
CONSTRAINT fk_interactions_user_id_users FOREIGN KEY(user_id) REFERENCES users (id) ON DELETE CASCADE,
CONSTRAINT pk_interactions PRIMARY KEY (number),
CONSTRAINT uq_interactions_user_id_id UNIQUE (user_id, id)
);
CREATE TABLE "match_evidence" (
user_id INTEGER NOT NULL,
interaction_id BLOB NOT NULL,
address TEXT NOT NULL,
other TEXT NOT NULL,
why TEXT NOT NULL,
sure BOOLEAN NOT NULL,
CONSTRAINT fk_likenesses_user_id_interaction_id_interactions FOREIGN KEY(user_id, interaction_id) REFERENCES "interactions" (user_id, id) ON DELETE CASCADE,
CONSTRAINT pk_likenesses PRIMARY KEY (user_id, interaction_id, address, other)
)
WITHOUT ROWID;
CREATE INDEX ix_interactions_time ON interactions (user_id, occurred_at);
CREATE TABLE "addresses" (
user_id INTEGER NOT NULL,
number INTEGER NOT NULL,
address TEXT NOT NULL,
name TEXT NOT NULL,
name_own SMALLINT NOT NULL,
name_at BIGINT NOT NULL,
kind TEXT NOT NULL,
person TEXT,
why TEXT,
touched BOOLEAN NOT NULL,
outsider BOOLEAN,
CONSTRAINT fk_addresses_user_id_users FOREIGN KEY(user_id) REFERENCES users (id) ON DELETE CASCADE,
CONSTRAINT pk_addresses PRIMARY KEY (user_id, number),
CONSTRAINT uq_addresses_user_id_address UNIQUE (user_id, address)
)
WITHOUT ROWID;
CREATE TABLE "participations" (
interaction INTEGER NOT NULL,
address INTEGER NOT NULL,
user_id INTEGER NOT NULL,
role TEXT NOT NULL,
response TEXT,
name TEXT NOT NULL,
touch SMALLINT,
at BIGINT NOT NULL,
counts_at BIGINT NOT NULL,
CONSTRAINT fk_participations_interaction_interactions FOREIGN KEY(interaction) REFERENCES interactions (number) ON DELETE CASCADE,
CONSTRAINT fk_participations_user_id_address_addresses FOREIGN KEY(user_id, address) REFERENCES "addresses" (user_id, number) ON DELETE CASCADE,
CONSTRAINT pk_participations PRIMARY KEY (interaction, address)
)
WITHOUT ROWID;
CREATE INDEX ix_addresses_lists ON addresses (user_id) WHERE kind = 'list';
CREATE INDEX ix_addresses_person ON addresses (user_id, person);
CREATE INDEX ix_addresses_touched ON addresses (user_id) WHERE touched = 1;
CREATE INDEX ix_participations_address ON participations (user_id, address, at, counts_at, touch);
CREATE INDEX ix_sightings_identity ON sightings (user_id, substr(identity, 1, 4));
INSERT INTO alembic_version VALUES ('0028')
