package main

import (
	"bufio"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// question is one line of what is asked; which of the fields are told depends on what it is.
type question struct {
	Ask     string   `json:"ask"`
	Size    int64    `json:"size"`
	Old     int64    `json:"old"`
	Index   int64    `json:"index"`
	Leaf    string   `json:"leaf"`
	Root    string   `json:"root"`
	OldRoot string   `json:"old_root"`
	Proof   []string `json:"proof"`
	Note    string   `json:"note"`
	Keys    []string `json:"keys"`
	Entry   string   `json:"entry"`
	Secret  string   `json:"secret"`
}

type answer struct {
	Root    string   `json:"root,omitempty"`
	Proof   []string `json:"proof,omitempty"`
	Note    string   `json:"note,omitempty"`
	Text    string   `json:"text,omitempty"`
	Signers []string `json:"signers,omitempty"`
	Refused string   `json:"refused,omitempty"`
}

func answerAll(questions io.Reader, answers io.Writer) {
	lines := bufio.NewScanner(questions)
	lines.Buffer(nil, 1<<24)
	out := bufio.NewWriter(answers)
	tree := &grown{}
	for lines.Scan() {
		var asked question
		told := answer{}
		err := json.Unmarshal(lines.Bytes(), &asked)
		if err == nil {
			told, err = reply(asked, tree)
		}
		if err != nil {
			told = answer{Refused: err.Error()}
		}
		json.NewEncoder(out).Encode(told)
		out.Flush()
	}
}

func reply(asked question, tree *grown) (answer, error) {
	switch asked.Ask {
	case "root", "inclusion", "consistency":
		if err := tree.upTo(asked.Size); err != nil {
			return answer{}, err
		}
		return prove(asked, tree.hashes)
	case "check_inclusion", "check_consistency":
		return answer{}, check(asked)
	case "open":
		text, signers, err := open([]byte(asked.Note), asked.Keys)
		return answer{Text: text, Signers: signers}, err
	case "sign":
		signer, err := note.NewSigner(asked.Secret)
		if err != nil {
			return answer{}, err
		}
		signed, err := note.Sign(&note.Note{Text: asked.Note}, signer)
		return answer{Note: string(signed)}, err
	case "receipt":
		return answer{}, checkReceipt(asked)
	}
	return answer{}, fmt.Errorf("no such question: %s", asked.Ask)
}

// grown is a tree whose entry number n reads {"entry":n}.
type grown struct {
	size   int64
	hashes stored
}

func (g *grown) upTo(size int64) error {
	for ; g.size < size; g.size++ {
		hashes, err := tlog.StoredHashes(g.size, fmt.Appendf(nil, `{"entry":%d}`, g.size), g.hashes)
		if err != nil {
			return err
		}
		g.hashes = append(g.hashes, hashes...)
	}
	return nil
}

func prove(asked question, tree stored) (answer, error) {
	switch asked.Ask {
	case "inclusion":
		proof, err := tlog.ProveRecord(asked.Size, asked.Index, tree)
		return answer{Proof: inHex(proof)}, err
	case "consistency":
		proof, err := tlog.ProveTree(asked.Size, asked.Old, tree)
		return answer{Proof: inHex(proof)}, err
	}
	root, err := tlog.TreeHash(asked.Size, tree)
	return answer{Root: hex.EncodeToString(root[:])}, err
}

func check(asked question) error {
	proof, err := hashes(asked.Proof...)
	if err != nil {
		return err
	}
	if asked.Ask == "check_inclusion" {
		told, err := hashes(asked.Root, asked.Leaf)
		if err != nil {
			return err
		}
		return tlog.CheckRecord(proof, asked.Size, told[0], asked.Index, told[1])
	}
	told, err := hashes(asked.Root, asked.OldRoot)
	if err != nil {
		return err
	}
	return tlog.CheckTree(proof, asked.Size, told[0], asked.Old, told[1])
}

// checkReceipt reads https://c2sp.org/tlog-proof.
func checkReceipt(asked question) error {
	head, signed, found := strings.Cut(asked.Note, "\n\n")
	lines := strings.Split(head, "\n")
	var index int64
	if !found || len(lines) < 2 || lines[0] != "c2sp.org/tlog-proof@v1" {
		return fmt.Errorf("not a receipt")
	}
	if _, err := fmt.Sscanf(lines[1], "index %d", &index); err != nil {
		return err
	}
	text, signers, err := open([]byte(signed), asked.Keys)
	if err != nil {
		return err
	}
	if len(signers) != len(asked.Keys) {
		return fmt.Errorf("signed by %d of %d keys", len(signers), len(asked.Keys))
	}
	_, tree, err := checkpoint([]byte(text))
	if err != nil {
		return err
	}
	var proof tlog.RecordProof
	for _, line := range lines[2:] {
		hash, err := tlog.ParseHash(line)
		if err != nil {
			return err
		}
		proof = append(proof, hash)
	}
	return tlog.CheckRecord(proof, tree.N, tree.Hash, index, tlog.RecordHash([]byte(asked.Entry)))
}

func hashes(told ...string) ([]tlog.Hash, error) {
	read := make([]tlog.Hash, len(told))
	for at, each := range told {
		decoded, err := hex.DecodeString(each)
		if err != nil || len(decoded) != tlog.HashSize {
			return nil, fmt.Errorf("not a hash: %q", each)
		}
		copy(read[at][:], decoded)
	}
	return read, nil
}

func inHex[H ~[]tlog.Hash](proof H) []string {
	told := make([]string, len(proof))
	for at, each := range proof {
		told[at] = hex.EncodeToString(each[:])
	}
	return told
}
