package server_test

import "time"

var testTime = time.Date(2025, 10, 31, 9, 0, 0, 0, time.UTC)
