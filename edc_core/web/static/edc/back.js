// Tell covered pages in other tabs that this one is open: the person may have signed in here, and they go on then.
new BroadcastChannel("edc-signed-in").postMessage("");
