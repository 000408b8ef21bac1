// Package assembly puts the program together: the one place that knows every module.
//
// [Open] opens the store, brings its tables to this version, loads the keys and makes the services in the order they depend on each
// other; [App.Serve] adds the pages and the background work and runs until it is told to stop. What a module needs of another is met in
// needs.go by a small adapter; what runs by the clock stands in sweeps.go. The commands of the binary are in assembly/cli, the demo
// province in assembly/demo.
package assembly
