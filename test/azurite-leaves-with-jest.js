// Loaded into Azurite before itself: ends it when the process that started it is gone, however that ended.
process.once('disconnect', () => process.exit(0));
