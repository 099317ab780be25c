package server

import "time"

// SetBeat has streams show more often that they are alive.
func SetBeat(c *Config, d time.Duration) { c.beat = d }
