-- A copied database must not read from the bank, nor keep a way to.
UPDATE tochka_connection
   SET secrets = NULL, client_id = NULL, consent_id = NULL, state = 'draft',
       push_enabled = FALSE, push_state = 'off', push_key = NULL;
UPDATE tochka_account SET auto_import = FALSE;
