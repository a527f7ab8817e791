-- Addresses and names have a normal form that SQL cannot make: the program does it after this migration, and removes
-- the setting when it is done.
INSERT INTO instance_settings (key, value, created_at, updated_at) VALUES ('normal_forms_pending', 'true', 0, 0);
