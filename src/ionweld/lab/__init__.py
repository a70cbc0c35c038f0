"""The project folder: raw files, what was derived from them, and a description of the cells, so that a year later
the same folder still proves every number.

    DIR/
      project.toml                    written by hand: name, treatments
      cells.toml                      written by hand: cells, replicates, which measurement belongs to which
      raw/<sha256>/<original name>    the instrument's file, read-only, never changed
      descriptions/<sha256>.toml      how its owner describes an unknown csv, kept with the raw file of that hash
      data/<id>.bdf.parquet           derived: a cycling test; carries the hash of its raw file
      data/<id>.eis.parquet           derived: the impedance sweeps of one file
      records/<sha256>.json           what was done with one raw file: reader, warnings, hashes of what was derived
      catalog.sqlite                  an index of all of these for queries; can be deleted and rebuilt
      .incoming/                      work in progress; what a killed process leaves here is swept by the next one
      .lock                           held for the moment in which a file moves in

A file goes through three states, each move being one rename on the same disk:

    copied to .incoming  ->  raw/ and data/ moved in  ->  records/ written: from here on it is stored

A kill before the last move leaves the file incomplete, which `verify` names and `ingest` or `rebuild` completes.

A file that goes on where a stored one ended is its newer version (`older_version` in its record) and takes its place under all
its names; the older one stays.

The room: folder (places, locks, moves), stored (raw, derived, record), cells (what a person says), edit and assign (how it
is said: one change at a time, or a table), catalog (the index), ingest, verify, compare. It joins what `read` makes with
what `analyse` needs to know about a cell, so it stands above both.
"""
