package audit

import (
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"

	"kantong/internal/registry"
)

// headWord begins the text of a head, so that it is recognised wherever it is kept.
const headWord = "kantong-audit"

// HeadText writes the end of a log as a line to print, mail or keep on paper: "kantong-audit 1042 3f9a…", the number of its
// last entry and that one's hash in hexadecimal.
func HeadText(h registry.AuditHead) string {
	return fmt.Sprintf("%s %d %x", headWord, h.Sequence, h.Hash)
}

// ParseHead reads what HeadText wrote. Spaces, line ends and capitals don't matter: it may have been typed from paper, with
// the hash in groups.
func ParseHead(text string) (h registry.AuditHead, err error) {
	words := strings.Fields(text)
	if len(words) < 3 || words[0] != headWord {
		return h, registry.Invalid("head", "%q is not the end of an audit log; expected a form like %s 1042 3f9a…", text, headWord)
	}
	if h.Sequence, err = strconv.ParseInt(words[1], 10, 64); err != nil || h.Sequence < 0 {
		return registry.AuditHead{}, registry.Invalid("head", "%q is not the number of an entry", words[1])
	}
	hash, err := hex.DecodeString(strings.Join(words[2:], ""))
	if err != nil || len(hash) != len(h.Hash) {
		return registry.AuditHead{}, registry.Invalid("head", "the hash must have %d hexadecimal digits", 2*len(h.Hash))
	}
	copy(h.Hash[:], hash)
	if empty := (registry.AuditHead{}); h.Sequence == 0 && h != empty {
		return empty, registry.Invalid("head", "an empty log has no hash but zeros")
	}
	return h, nil
}
