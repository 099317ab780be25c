package filestore

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/gofrs/flock"

	"kantong/internal/registry"
)

// acquire takes the lock of a directory or says who has it. The system gives the lock back when its process ends, however
// it ends, so a lock file that lies around locks nothing.
func acquire(dir string) (*flock.Flock, error) {
	path := filepath.Join(dir, LockFile)
	lock := flock.New(path, flock.SetFlag(os.O_CREATE|os.O_RDWR), flock.SetPermissions(0o600))
	got, err := lock.TryLock()
	if err != nil {
		return nil, unusable(dir, err)
	}
	if !got {
		return nil, registry.Conflict("data", "the data directory %s is in use by %s; stop it first", dir, holder(path))
	}
	// The number only makes the message above clearer, and some systems let nobody write to a locked file.
	_ = os.WriteFile(path, []byte(strconv.Itoa(os.Getpid())+"\n"), 0o600)
	return lock, nil
}

// holder names the process that wrote the lock file, as far as it can be read.
func holder(path string) string {
	text, _ := os.ReadFile(path)
	if pid, err := strconv.Atoi(strings.TrimSpace(string(text))); err == nil {
		return "process " + strconv.Itoa(pid)
	}
	return "another process"
}
