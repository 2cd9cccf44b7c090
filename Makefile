# SPDX-License-Identifier: Apache-2.0
# Packages, into target/dist. What each needs is named when it is missing.
VERSION := $(shell sed -n 's/^  <version>\(.*\)<\/version>/\1/p' pom.xml)
# The bytes of a package are a matter of the commit alone.
export SOURCE_DATE_EPOCH := $(shell git log -1 --format=%ct 2>/dev/null || stat -c %Y pom.xml)
export LC_ALL := C.UTF-8
export TZ := UTC
DIST := target/dist

.PHONY: help jar deb tarball clean

help:
	@echo "make jar | deb | tarball | clean"

jar:
	mvn -q -B -DskipTests package

# apt-get install debhelper
deb:
	@command -v dh >/dev/null || { echo "make deb needs: apt-get install debhelper" >&2; exit 1; }
	dpkg-buildpackage --build=binary --no-sign -d
	mkdir -p $(DIST)
	mv ../pghoard_$(VERSION)_all.deb $(DIST)/
	rm -f ../pghoard_$(VERSION)_*.buildinfo ../pghoard_$(VERSION)_*.changes
	@echo $(DIST)/pghoard_$(VERSION)_all.deb

# What is unpacked runs: bin/pghoard finds pghoard.jar beside bin.
tarball: jar
	mkdir -p $(DIST)
	tar --sort=name --owner=0 --group=0 --numeric-owner --mtime=@$(SOURCE_DATE_EPOCH) --mode=u+rw,go+r,go-w \
	  --transform='s,^target/,,;s,^,pghoard-$(VERSION)/,' -cf - \
	  README.md CHANGELOG.md LICENSE docs config $(addprefix bin/,pghoard pghoard_restore pghoard_archivecommand \
	  pghoard_archive_command pghoard_postgres_command) target/pghoard.jar target/lib | gzip -9n >$(DIST)/pghoard-$(VERSION).tar.gz
	@echo $(DIST)/pghoard-$(VERSION).tar.gz

clean:
	rm -rf target debian/.debhelper debian/pghoard debian/files debian/*.substvars debian/*.debhelper* debian/debhelper-build-stamp
