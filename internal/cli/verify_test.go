package cli

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestVerify cites an answer on the command line, asks it again, and asks one that was changed.
func TestVerify(t *testing.T) {
	data, dir := cityData(t), t.TempDir()
	question := filepath.Join(dir, "q.graphql")
	if err := os.WriteFile(question, []byte(`{ summary { households { value status } } }`), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, role := range []string{"public", "partner", "planner"} {
		var answer struct {
			Extensions struct{ Kantong struct{ Citation string } }
		}
		if err := json.Unmarshal([]byte(must(t, "query", question, "--data", data, "--role", role, "--cite")), &answer); err != nil {
			t.Fatal(err)
		}
		citation := answer.Extensions.Kantong.Citation
		if out := must(t, "verify", citation, "--data", data); !strings.Contains(out, "This is the answer that was cited") || !strings.Contains(out, `"households"`) || !strings.Contains(out, "demo+2025-10") {
			t.Errorf("%s: %s", role, out)
		}
		if code, _, err := run(t, "verify", citation[:len(citation)-9], "--data", data); code != exitFailed || !strings.Contains(err, "damaged") {
			t.Errorf("%s, half a citation: exit %d, %s", role, code, err)
		}
		if role == "planner" {
			continue
		}
		if code, _, err := run(t, "verify", citation, "--data", data, "--noise-variance", "20"); code != exitFailed || !strings.Contains(err, "protected in another way") {
			t.Errorf("%s, another noise: exit %d, %s", role, code, err)
		}
	}
}
