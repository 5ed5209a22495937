// Imported before the native client, which writes its debugging to the standard output unless it is in production.
process.env.NODE_ENV ??= 'production';
