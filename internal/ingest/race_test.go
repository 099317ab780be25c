//go:build race

package ingest

// memoryFactor is how much more memory a program takes that looks for races.
const memoryFactor = 6
