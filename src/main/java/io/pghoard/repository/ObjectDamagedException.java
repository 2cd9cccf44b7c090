// SPDX-License-Identifier: Apache-2.0
package io.pghoard.repository;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** What is stored of an object is not what was put. */
public class ObjectDamagedException extends IOException {
  private static final long serialVersionUID = 1L;

  public ObjectDamagedException(String message) {
    super(message);
  }

  public ObjectDamagedException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
