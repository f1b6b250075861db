-- Projects made before the card asked for them state neither.
UPDATE "project" SET "settings" = '{"licence": "", "intendedUse": ""}'::jsonb || "settings";
