// Package services starts real stores for tests: the object stores MinIO, Azurite and fake-gcs-server, and OpenSearch, each
// a process of its own on a free port of the loopback, started by the scripts beside this file.
//
// A store is shared by the tests of one process while any of them uses it, and for the whole process when TestMain is
// services.Main. Each call makes a new, empty bucket in it. A store that cannot be had is a skip with the reason on a
// developer's machine and a failure where the environment variable CI is set.
package services
