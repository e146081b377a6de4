//go:build !race

package federate

// Random questions of TestHotAndArchiveAnswerAlike and the pairs they are about.
const rounds, equalPairs = 40, 2000
