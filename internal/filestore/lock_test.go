package filestore

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"

	"kantong/internal/registry"
)

// openOnce is a child process that opens a store and prints why it could not.
func openOnce(dir string) int {
	s, err := Open(context.Background(), dir)
	if err != nil {
		fmt.Println(registry.CodeOf(err), err)
		return 1
	}
	if err := s.Close(); err != nil {
		fmt.Println(err)
		return 3
	}
	return 0
}

func child(t *testing.T, what, dir string) *exec.Cmd {
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	c := exec.Command(program)
	c.Env = append(os.Environ(), "KANTONG_TEST_CHILD="+what, "KANTONG_TEST_DIR="+dir)
	c.Stderr = os.Stderr
	return c
}

func TestOnlyOneProcessHasAStore(t *testing.T) {
	dir := t.TempDir()
	s := openStore(t, dir)
	out, err := child(t, "open", dir).Output()
	if err == nil {
		t.Fatal("a second process opened the store")
	}
	for _, want := range []string{"CONFLICT", dir, fmt.Sprintf("process %d", os.Getpid())} {
		if !strings.Contains(string(out), want) {
			t.Errorf("the second process says %q, which lacks %q", out, want)
		}
	}
	if _, err := Open(t.Context(), dir); registry.CodeOf(err) != registry.CodeConflict {
		t.Errorf("got %v opening it a second time in one process", err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if out, err := child(t, "open", dir).Output(); err != nil {
		t.Errorf("after it was closed: %v, %s", err, out)
	}
}

func TestOpenRefusesOtherFiles(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(dir+"/"+RegistryFile, []byte(strings.Repeat("not a database ", 100)), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := Open(t.Context(), dir)
	var refused *registry.Error
	if !errors.As(err, &refused) || refused.Code != registry.CodeConflict {
		t.Errorf("got %v", err)
	}
	if err := os.Remove(dir + "/" + RegistryFile); err != nil {
		t.Fatal(err)
	}
	openStore(t, dir) // and the lock was given back
}
