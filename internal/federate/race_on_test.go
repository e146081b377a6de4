//go:build race

package federate

// Random questions of TestHotAndArchiveAnswerAlike and the pairs they are about, where the race detector multiplies time: make test
// asks all of them without it, too.
const rounds, equalPairs = 8, 500
