package server_test

import (
	"math"
	"testing"

	"google.golang.org/protobuf/encoding/protowire"
)

// attributesOf reads what the features of a tile say, in order; nil of an empty answer. Package tiles tests the form.
func attributesOf(t *testing.T, tile string) (list []map[string]any) {
	t.Helper()
	if tile == "" {
		return nil
	}
	layer := []byte(messages(t, []byte(tile))[3][0])
	parts := messages(t, layer)
	for _, f := range parts[2] {
		tags, one := []byte(messages(t, []byte(f))[2][0]), map[string]any{}
		for len(tags) > 0 {
			key, n := protowire.ConsumeVarint(tags)
			value, k := protowire.ConsumeVarint(tags[n:])
			tags = tags[n+k:]
			one[parts[3][key]] = valueOf(t, []byte(parts[4][value]))
		}
		list = append(list, one)
	}
	return list
}

func valueOf(t *testing.T, message []byte) any {
	t.Helper()
	number, _, n := protowire.ConsumeTag(message)
	switch number {
	case 1:
		text, _ := protowire.ConsumeString(message[n:])
		return text
	case 3:
		v, _ := protowire.ConsumeFixed64(message[n:])
		return math.Float64frombits(v)
	case 6:
		v, _ := protowire.ConsumeVarint(message[n:])
		return protowire.DecodeZigZag(v)
	}
	t.Fatalf("a value of field %d", number)
	return nil
}

// messages are the parts of a message that have a length, by field.
func messages(t *testing.T, message []byte) map[protowire.Number][]string {
	t.Helper()
	parts := map[protowire.Number][]string{}
	for len(message) > 0 {
		number, kind, n := protowire.ConsumeTag(message)
		if n < 0 {
			t.Fatal("no message")
		}
		if kind == protowire.BytesType {
			bytes, _ := protowire.ConsumeBytes(message[n:])
			parts[number] = append(parts[number], string(bytes))
		}
		size := protowire.ConsumeFieldValue(number, kind, message[n:])
		if size < 0 {
			t.Fatal("no message")
		}
		message = message[n+size:]
	}
	return parts
}
