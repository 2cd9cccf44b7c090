// SPDX-License-Identifier: Apache-2.0
package io.pghoard.repository;

/** A stored object is as it was put, and what is in it is not what it should be. */
public final class ContentMismatchException extends ObjectDamagedException {
  private static final long serialVersionUID = 1L;

  public ContentMismatchException(String message, Throwable cause) {
    super(message, cause);
  }

  public ContentMismatchException(String message) {
    super(message);
  }
}
