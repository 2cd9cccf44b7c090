// SPDX-License-Identifier: Apache-2.0
package io.pghoard.repository.google;

import java.io.IOException;

/** An answer of {@link GoogleServer} that is no success. */
final class GoogleError extends IOException {
  private static final long serialVersionUID = 1L;

  private final int status;
  private final String reason;

  GoogleError(int status, String reason, String message) {
    super(message);
    this.status = status;
    this.reason = reason;
  }

  static GoogleError invalid(String message) {
    return new GoogleError(400, "invalid", message);
  }

  static GoogleError noBucket() {
    return new GoogleError(404, "notFound", "The specified bucket does not exist.");
  }

  static GoogleError noObject(String bucket, String name) {
    return new GoogleError(404, "notFound", "No such object: " + bucket + "/" + name);
  }

  static GoogleError precondition() {
    return new GoogleError(
        412, "conditionNotMet", "At least one of the pre-conditions you specified did not hold.");
  }

  int status() {
    return status;
  }

  String reason() {
    return reason;
  }
}
