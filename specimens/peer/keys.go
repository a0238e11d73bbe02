package main

import (
	"crypto/ed25519"
	"crypto/mldsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const (
	cosignedEd25519 = 0x04
	cosignedMLDSA44 = 0x06
)

// cosigner verifies the lines of https://c2sp.org/tlog-cosignature.
type cosigner struct {
	name   string
	id     uint32
	kind   byte
	public []byte
}

func (c *cosigner) Name() string    { return c.name }
func (c *cosigner) KeyHash() uint32 { return c.id }

func (c *cosigner) Verify(text, signature []byte) bool {
	if len(signature) <= 8 {
		return false
	}
	at, signature := binary.BigEndian.Uint64(signature), signature[8:]
	if c.kind == cosignedEd25519 {
		told := fmt.Appendf(nil, "cosignature/v1\ntime %d\n%s", at, text)
		return ed25519.Verify(c.public, told, signature)
	}
	origin, tree, err := checkpoint(text)
	if err != nil {
		return false
	}
	told := append([]byte("subtree/v1\n\x00"), byte(len(c.name)))
	told = append(told, c.name...)
	told = binary.BigEndian.AppendUint64(told, at)
	told = append(told, byte(len(origin)))
	told = append(told, origin...)
	told = binary.BigEndian.AppendUint64(told, 0)
	told = binary.BigEndian.AppendUint64(told, uint64(tree.N))
	told = append(told, tree.Hash[:]...)
	key, err := mldsa.NewPublicKey(mldsa.MLDSA44(), c.public)
	return err == nil && mldsa.Verify(key, told, signature, nil) == nil
}

// key is the verifier of a key of type 0x01, 0x04 or 0x06.
func key(vkey string) (note.Verifier, error) {
	name, rest, _ := strings.Cut(vkey, "+")
	id, encoded, _ := strings.Cut(rest, "+")
	decoded, err := base64.StdEncoding.DecodeString(encoded)
	if err != nil || len(decoded) == 0 {
		return nil, fmt.Errorf("not a verifier key: %q", vkey)
	}
	if decoded[0] != cosignedEd25519 && decoded[0] != cosignedMLDSA44 {
		return note.NewVerifier(vkey)
	}
	number, err := strconv.ParseUint(id, 16, 32)
	hashed := sha256.Sum256(append([]byte(name+"\n"), decoded...))
	if err != nil || uint32(number) != binary.BigEndian.Uint32(hashed[:]) {
		return nil, fmt.Errorf("the id of %s does not fit its key", name)
	}
	return &cosigner{name, uint32(number), decoded[0], decoded[1:]}, nil
}

// open is the text of a note and the ids of those of the keys that signed it.
func open(signed []byte, vkeys []string) (string, []string, error) {
	verifiers := make([]note.Verifier, 0, len(vkeys))
	for _, each := range vkeys {
		verifier, err := key(each)
		if err != nil {
			return "", nil, err
		}
		verifiers = append(verifiers, verifier)
	}
	opened, err := note.Open(signed, note.VerifierList(verifiers...))
	if err != nil {
		return "", nil, err
	}
	signers := make([]string, 0, len(opened.Sigs))
	for _, each := range opened.Sigs {
		signers = append(signers, fmt.Sprintf("%08x", each.Hash))
	}
	return opened.Text, signers, nil
}

// checkpoint reads https://c2sp.org/tlog-checkpoint: the origin is the log's own, where the Go
// checksum database has a fixed line; size and root are read by its parser.
func checkpoint(text []byte) (string, tlog.Tree, error) {
	origin, rest, found := strings.Cut(string(text), "\n")
	if !found || origin == "" {
		return "", tlog.Tree{}, fmt.Errorf("a checkpoint without an origin")
	}
	tree, err := tlog.ParseTree([]byte("go.sum database tree\n" + rest))
	return origin, tree, err
}
