/** Imported before anything that logs: what functions say in tests is of interest to nobody. */
process.env.POWERTOOLS_LOG_LEVEL = 'SILENT';
process.env.POWERTOOLS_DEV = 'false';
