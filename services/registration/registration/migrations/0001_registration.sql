-- migrate:up

CREATE TABLE editions (
    id text PRIMARY KEY,
    number integer NOT NULL,
    name jsonb NOT NULL,
    first_day date NOT NULL,
    last_day date NOT NULL,
    label_first_day date NOT NULL,
    label_last_day date NOT NULL,
    submission_deadline date NOT NULL,
    regional_windows jsonb NOT NULL,
    status text NOT NULL,
    sequence bigint NOT NULL,
    changed_at timestamptz NOT NULL
);

CREATE TABLE organisers (
    id uuid PRIMARY KEY,
    identity text NOT NULL UNIQUE, -- siret:…, uai:…, rna:… or name and e-mail: who is the same organiser
    kind text NOT NULL,
    name text NOT NULL,
    siret text,
    uai text,
    rna text,
    email text NOT NULL,
    contact_name text NOT NULL,
    phone text NOT NULL,
    language text NOT NULL,
    contact_sequence bigint NOT NULL,
    created_at timestamptz NOT NULL
);
CREATE INDEX organisers_email ON organisers (lower(email));

CREATE TABLE access_codes (
    digest bytea PRIMARY KEY,
    organiser_id uuid NOT NULL REFERENCES organisers,
    expires_at timestamptz NOT NULL,
    used_at timestamptz
);

CREATE TABLE drafts (
    id uuid PRIMARY KEY,
    edition_id text NOT NULL REFERENCES editions,
    organiser_id uuid NOT NULL REFERENCES organisers,
    content jsonb NOT NULL,
    created_at timestamptz NOT NULL,
    changed_at timestamptz NOT NULL
);
CREATE INDEX drafts_organiser ON drafts (organiser_id, id);

CREATE TABLE events (
    id uuid PRIMARY KEY,
    edition_id text NOT NULL REFERENCES editions,
    organiser_id uuid NOT NULL REFERENCES organisers,
    reference text,
    sequence bigint NOT NULL,
    catalogue_sequence bigint NOT NULL DEFAULT 0,
    in_catalogue boolean NOT NULL DEFAULT false,
    revision integer NOT NULL,
    status text NOT NULL,
    content jsonb NOT NULL,           -- what the organiser says, as EventContent
    content_hash bytea NOT NULL,      -- of all of it: an unchanged import row changes nothing
    judged_hash bytea NOT NULL,       -- of what the charter judges: when it changes, the revision rises
    likeness text[] NOT NULL,         -- two events that share one of these say the same
    time_zone text NOT NULL,
    commune text,
    departement text,
    region text,
    duplicate_of uuid,
    notify boolean NOT NULL,
    receipts integer NOT NULL, -- messages that ask for a receipt: what `semaine audit` holds notices against
    submitted_at timestamptz NOT NULL,
    changed_at timestamptz NOT NULL
) WITH (fillfactor = 80);
CREATE UNIQUE INDEX events_reference ON events (edition_id, organiser_id, reference);
CREATE INDEX events_by_reference ON events (edition_id, reference);
CREATE INDEX events_edition ON events (edition_id, id);
CREATE INDEX events_organiser ON events (organiser_id, id);
CREATE INDEX events_likeness ON events USING gin (likeness);

-- One guest list per event: its row serialises sign-ups and holds the totals that travel with each message.
CREATE TABLE guest_lists (
    event_id uuid PRIMARY KEY REFERENCES events,
    edition_id text NOT NULL,
    capacity integer,
    sequence bigint NOT NULL DEFAULT 0,
    parties integer NOT NULL DEFAULT 0,
    announced integer NOT NULL DEFAULT 0,
    cancelled integer NOT NULL DEFAULT 0,
    actual integer,
    CHECK (announced >= 0 AND parties >= 0)
) WITH (fillfactor = 50);

CREATE TABLE persons (
    id uuid PRIMARY KEY,
    email text NOT NULL,
    name text NOT NULL,
    language text NOT NULL,
    contact_sequence bigint NOT NULL,
    created_at timestamptz NOT NULL
);
CREATE UNIQUE INDEX persons_email ON persons (lower(email));

CREATE TABLE participations (
    id uuid PRIMARY KEY,
    event_id uuid NOT NULL,
    identity text NOT NULL, -- email:… or ref:…: who must not be on the list twice
    kind text NOT NULL,
    people integer NOT NULL CHECK (people > 0),
    name text NOT NULL,
    person_id uuid,
    notify boolean NOT NULL,
    confirmations integer NOT NULL, -- messages that ask for a confirmation, more than one after a new sign-up
    status text NOT NULL,
    signed_up_at timestamptz NOT NULL,
    cancelled_at timestamptz
);
CREATE UNIQUE INDEX participations_identity ON participations (event_id, identity);

CREATE TABLE imports (
    id uuid PRIMARY KEY,
    kind text NOT NULL,
    edition_id text NOT NULL,
    subject text NOT NULL,
    rows integer NOT NULL DEFAULT 0,
    created integer NOT NULL DEFAULT 0,
    changed integer NOT NULL DEFAULT 0,
    unchanged integer NOT NULL DEFAULT 0,
    refused integer NOT NULL DEFAULT 0,
    status text NOT NULL,
    detail text NOT NULL DEFAULT '',
    started_at timestamptz NOT NULL,
    finished_at timestamptz
);

CREATE TABLE import_problems (
    import_id uuid NOT NULL REFERENCES imports ON DELETE CASCADE,
    number integer NOT NULL,
    line bigint NOT NULL,
    field text,
    reason text NOT NULL,
    PRIMARY KEY (import_id, number)
);

-- migrate:down

DROP TABLE import_problems, imports, participations, persons, guest_lists, events, drafts, access_codes, organisers, editions;
