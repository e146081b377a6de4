//go:build race

package federate

// rounds of random questions where the race detector multiplies time; make test asks all of them without it as well.
const rounds = 8
