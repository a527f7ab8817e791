-- What the next token of a used one was made of, sealed: within a short time a token that comes again gets the same answer.
ALTER TABLE refresh_tokens ADD COLUMN successor BYTEA;
