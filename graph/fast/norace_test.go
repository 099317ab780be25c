//go:build !race

package fast_test

const race = false
