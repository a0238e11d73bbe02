package main

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/mod/sumdb/tlog"
)

const (
	height = 8
	width  = 1 << height
)

// found is what is told of a folder.
type found struct {
	Entries int64   `json:"entries"`
	Tiles   int     `json:"tiles"`
	Root    string  `json:"root,omitempty"`
	Refused string  `json:"refused,omitempty"`
	Seconds float64 `json:"seconds"`
}

// verify builds the tree anew from the entries and holds every tile, the root and the signatures
// of all the keys against it.
func verify(folder string, vkeys []string) (found, error) {
	signed, err := os.ReadFile(filepath.Join(folder, "checkpoint"))
	if err != nil {
		return found{}, err
	}
	text, signers, err := open(signed, vkeys)
	if err != nil {
		return found{}, err
	}
	if len(signers) != len(vkeys) {
		return found{}, fmt.Errorf("signed by %d of %d keys", len(signers), len(vkeys))
	}
	_, tree, err := checkpoint([]byte(text))
	if err != nil {
		return found{}, err
	}
	told := found{Entries: tree.N, Root: hex.EncodeToString(tree.Hash[:])}
	grown, err := grow(folder, tree.N)
	if err != nil {
		return told, err
	}
	for _, tile := range tlog.NewTiles(height, 0, tree.N) {
		made, err := tlog.ReadTileData(tile, grown)
		if err != nil {
			return told, err
		}
		kept, err := os.ReadFile(filepath.Join(folder, path(tile)))
		if err != nil {
			return told, err
		}
		if !bytes.Equal(made, kept) {
			return told, fmt.Errorf("%s is not over these entries", path(tile))
		}
		told.Tiles++
	}
	root, err := tlog.TreeHash(tree.N, grown)
	if err == nil && root != tree.Hash {
		err = fmt.Errorf("the entries have the root %x", root[:])
	}
	return told, err
}

// grow hashes every entry of the folder's bundles into a tree.
func grow(folder string, size int64) (stored, error) {
	grown := make(stored, 0, tlog.StoredHashCount(size))
	for start := int64(0); start < size; start += width {
		tile := tlog.Tile{H: height, L: -1, N: start / width, W: int(min(width, size-start))}
		bundle, err := os.ReadFile(filepath.Join(folder, path(tile)))
		if err != nil {
			return nil, err
		}
		for index := start; index < start+int64(tile.W); index++ {
			if len(bundle) < 2 || len(bundle) < 2+int(binary.BigEndian.Uint16(bundle)) {
				return nil, fmt.Errorf("%s is cut off", path(tile))
			}
			end := 2 + int(binary.BigEndian.Uint16(bundle))
			hashes, err := tlog.StoredHashes(index, bundle[2:end], grown)
			if err != nil {
				return nil, err
			}
			grown, bundle = append(grown, hashes...), bundle[end:]
		}
		if len(bundle) > 0 {
			return nil, fmt.Errorf("%s is too long", path(tile))
		}
	}
	return grown, nil
}

// stored are the hashes of a tree, in the order in which the Go checksum database stores them.
type stored []tlog.Hash

func (s stored) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	hashes := make([]tlog.Hash, len(indexes))
	for at, index := range indexes {
		if index >= int64(len(s)) {
			return nil, fmt.Errorf("no hash %d", index)
		}
		hashes[at] = s[index]
	}
	return hashes, nil
}

// path is the tile's by https://c2sp.org/tlog-tiles, which leaves the height out.
func path(tile tlog.Tile) string {
	named := strings.Replace(tile.Path(), "tile/8/", "tile/", 1)
	return strings.Replace(named, "tile/data/", "tile/entries/", 1)
}
