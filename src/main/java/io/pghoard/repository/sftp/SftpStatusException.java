// SPDX-License-Identifier: Apache-2.0
package io.pghoard.repository.sftp;

import java.io.IOException;

/** The server has answered that it does not do what it was asked for. */
final class SftpStatusException extends IOException {
  private static final long serialVersionUID = 1L;

  static final int EOF = 1;
  static final int NO_SUCH_FILE = 2;
  static final int PERMISSION_DENIED = 3;
  static final int FAILURE = 4;
  static final int BAD_MESSAGE = 5;
  static final int OP_UNSUPPORTED = 8;

  private final int code;
  private final String path;

  /**
   * @param path that it is about
   */
  SftpStatusException(int code, String words, String path) {
    super(words.isEmpty() ? "status " + code : words);
    this.code = code;
    this.path = path;
  }

  int code() {
    return code;
  }

  String path() {
    return path;
  }

  /** Whether there is no such file. */
  boolean isMissing() {
    return code == NO_SUCH_FILE;
  }
}
