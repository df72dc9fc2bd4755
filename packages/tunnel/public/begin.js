// Pages of others that load EventTunnel.js by themselves begin when they are ready; this one begins at once.
new finesse.EventTunnel().init();
