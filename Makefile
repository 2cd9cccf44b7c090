# SPDX-License-Identifier: Apache-2.0
# Packages, into target/dist. What each needs is named when it is missing.
VERSION := $(shell sed -n 's/^  <version>\(.*\)<\/version>/\1/p' pom.xml)
# The bytes of a package are a matter of the commit alone: its time, and not the directory, the host or the umask.
export SOURCE_DATE_EPOCH := $(shell git log -1 --format=%ct 2>/dev/null || stat -c %Y pom.xml)
export LC_ALL := C.UTF-8
export TZ := UTC
DIST := target/dist

COMMANDS := pghoard pghoard_restore pghoard_archivecommand pghoard_archive_command pghoard_postgres_command
DOCUMENTS := README.md ARCHITECTURE.md CHANGELOG.md docs/configuration.md docs/operations.md docs/http-api.md docs/routes.md docs/format.md docs/decisions.md

.PHONY: help jar deb rpm tarball install clean

help:
	@echo "make jar | deb | rpm | tarball | install DESTDIR=... | clean"

jar:
	mvn -q -B -Dmaven.test.skip=true package

# apt-get install debhelper
deb:
	@command -v dh >/dev/null || { echo "make deb needs: apt-get install debhelper" >&2; exit 1; }
	dpkg-buildpackage --build=binary --no-sign -d
	mkdir -p $(DIST)
	mv ../pghoard_$(VERSION)_all.deb $(DIST)/
	rm -f ../pghoard_$(VERSION)_*.buildinfo ../pghoard_$(VERSION)_*.changes
	@echo $(DIST)/pghoard_$(VERSION)_all.deb

# apt-get install rpm
rpm: jar
	@command -v rpmbuild >/dev/null || { echo "make rpm needs: apt-get install rpm" >&2; exit 1; }
	mkdir -p $(DIST)
	rm -rf target/rpm
	umask 022 && rpmbuild -bb --quiet --define "_topdir $(CURDIR)/target/rpm" --define "pghoard_version $(VERSION)" \
	  --define "pghoard_source $(CURDIR)" packaging/pghoard.spec
	mv target/rpm/RPMS/noarch/pghoard-$(VERSION)-1.noarch.rpm $(DIST)/
	rm -rf target/rpm
	@echo $(DIST)/pghoard-$(VERSION)-1.noarch.rpm

# What is unpacked runs: bin/pghoard finds pghoard.jar beside bin.
tarball: jar
	mkdir -p $(DIST)
	tar --sort=name --owner=0 --group=0 --numeric-owner --mtime=@$(SOURCE_DATE_EPOCH) --mode=a+rX,u+w,go-w \
	  --transform='s,^target/,,;s,^,pghoard-$(VERSION)/,' -cf - \
	  README.md CHANGELOG.md LICENSE docs config $(addprefix bin/,$(COMMANDS) start-up-archive) target/pghoard.jar target/lib | \
	  gzip -9n >$(DIST)/pghoard-$(VERSION).tar.gz
	@echo $(DIST)/pghoard-$(VERSION).tar.gz

# What every package holds, below DESTDIR. The jar is built before.
UNITS := /usr/lib/systemd/system
ZSH := /usr/share/zsh/site-functions
SHARE := $(DESTDIR)/usr/share
COMPLETIONS := $(SHARE)/bash-completion/completions
install:
	@[ -n "$(DESTDIR)" ] || { echo "make install DESTDIR=..., for packages" >&2; exit 1; }
	install -d $(DESTDIR)/usr/bin
	install -m 755 $(addprefix bin/,pghoard pghoard_restore pghoard_postgres_command) $(DESTDIR)/usr/bin
	ln -sf pghoard_postgres_command $(DESTDIR)/usr/bin/pghoard_archivecommand
	ln -sf pghoard_postgres_command $(DESTDIR)/usr/bin/pghoard_archive_command
	install -D -m 755 -t $(SHARE)/pghoard bin/start-up-archive
	# Jars in a directory of their version: an upgrade takes none from a daemon that runs.
	install -d $(SHARE)/pghoard/$(VERSION)/lib
	install -m 644 target/pghoard.jar $(SHARE)/pghoard/$(VERSION)
	install -m 644 target/lib/*.jar $(SHARE)/pghoard/$(VERSION)/lib
	ln -sfn $(VERSION) $(SHARE)/pghoard/current
	install -d $(DESTDIR)/etc/pghoard/routes $(DESTDIR)/etc/pghoard/plugins
	install -m 644 packaging/README packaging/pghoard.json $(DESTDIR)/etc/pghoard
	sed 's/^\([^#]\)/#\1/' config/application.properties >$(DESTDIR)/etc/pghoard/application.properties
	install -D -m 644 -t $(DESTDIR)$(UNITS) packaging/pghoard.service
	install -D -m 644 -t $(SHARE)/man/man1 docs/man/*.1
	ln -sf pghoard_archivecommand.1 $(SHARE)/man/man1/pghoard_archive_command.1
	install -d $(SHARE)/man/man5 $(COMPLETIONS) $(DESTDIR)$(ZSH)
	awk -v version=$(VERSION) -f packaging/configuration-man docs/configuration.md >$(SHARE)/man/man5/pghoard.json.5
	# A completion is read by the shell that runs: it is no program.
	for command in pghoard:DaemonCommand pghoard_restore:RestoreTool; do \
	  name=$${command%%:*} class=io.pghoard.command.$${command##*:}; \
	  java -cp target/pghoard.jar picocli.AutoComplete --force --name $$name --completionScript $(COMPLETIONS)/$$name $$class && \
	  sed -i '1{/^#!/d}' $(COMPLETIONS)/$$name && \
	  java -cp target/pghoard.jar packaging/completions/ZshCompletion.java $$class >$(DESTDIR)$(ZSH)/_$$name || exit; \
	done
	install -m 644 packaging/completions/pghoard_postgres_command $(COMPLETIONS)
	for command in pghoard_archivecommand pghoard_archive_command; do ln -sf pghoard_postgres_command $(COMPLETIONS)/$$command; done
	install -m 644 packaging/completions/_pghoard_postgres_command $(DESTDIR)$(ZSH)
	install -D -m 644 -t $(SHARE)/doc/pghoard $(DOCUMENTS) target/bom.json
	install -d $(SHARE)/doc/pghoard/examples
	cp -r packaging/as-postgres.conf config/examples/. $(SHARE)/doc/pghoard/examples/
	find $(DESTDIR) -type d -exec chmod 755 {} +
	find $(DESTDIR) -type f ! -perm -100 -exec chmod 644 {} +

clean:
	rm -rf target debian/.debhelper debian/pghoard debian/files debian/*.substvars debian/*.debhelper* debian/debhelper-build-stamp
