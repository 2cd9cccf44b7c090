// SPDX-License-Identifier: Apache-2.0
package io.pghoard.repository.sftp;

import io.pghoard.config.SftpStorage;
import io.pghoard.repository.ObjectKey;
import io.pghoard.repository.Sidecar;
import java.util.regex.Pattern;

/**
 * The files of one object on the server, and of writers that put it.
 *
 * <pre>
 *   NAME                         the bytes
 *   NAME.metadata                the sidecar
 *   .incoming-NAME-ID            the bytes on their way, of the writer ID
 *   .incoming-NAME-ID.metadata   its sidecar; made before the bytes, so that bytes without one are
 *                                those whose sidecar is at NAME.metadata already
 *   .claim-NAME                  the lock of who clears up leftovers under this name
 * </pre>
 */
record ObjectFiles(String directory, String name) {
  static final String INCOMING = ".incoming-";
  static final String CLAIM = ".claim-";
  private static final Pattern WRITER = Pattern.compile("[0-9a-f]{16}");

  static ObjectFiles of(SftpStorage storage, ObjectKey key) {
    String path = SftpStorage.below(storage.root(), key.text());
    int slash = path.lastIndexOf('/');
    // What lies right below the root is in "/", and not where a login leads to.
    String directory = slash == 0 ? "/" : path.substring(0, Math.max(slash, 0));
    return new ObjectFiles(directory, path.substring(slash + 1));
  }

  /** A file in the object's directory. */
  String path(String file) {
    return SftpStorage.below(directory, file);
  }

  String data() {
    return path(name);
  }

  String sidecar() {
    return path(name + Sidecar.SUFFIX);
  }

  String claim() {
    return path(CLAIM + name);
  }

  String incoming(String writer) {
    return path(INCOMING + name + "-" + writer);
  }

  /** Whether a file holds bytes of this object on their way. */
  boolean isIncoming(String file) {
    String start = INCOMING + name + "-";
    return file.startsWith(start) && WRITER.matcher(file.substring(start.length())).matches();
  }
}
