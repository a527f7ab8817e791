-- How many entries the cache of a project has, so that adding one does not have to count the others. Who changes the
-- number holds its row until the end of the transaction.

CREATE TABLE cache_sizes (
    project_id TEXT COLLATE "C" NOT NULL PRIMARY KEY REFERENCES projects (id) ON DELETE CASCADE,
    entries BIGINT NOT NULL
);

INSERT INTO cache_sizes (project_id, entries)
SELECT project_id, COUNT(*) FROM cache_entries GROUP BY project_id;
