// SPDX-License-Identifier: Apache-2.0
package io.pghoard.archive;

import java.io.IOException;

/** Only the content of a file can tell whether it is the one that archive_command asks for. */
public final class HashWantedException extends IOException {
  private static final long serialVersionUID = 1L;

  HashWantedException(String message) {
    super(message);
  }
}
