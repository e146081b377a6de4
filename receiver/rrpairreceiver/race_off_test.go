//go:build !race

package rrpairreceiver

const underRace = false
