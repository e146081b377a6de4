//go:build !race

package federate

// rounds of random questions.
const rounds = 40
