// SPDX-License-Identifier: Apache-2.0
package io.pghoard.config;

/** The whole numbers from one to another, both included. */
record Range(long from, long to) {
  boolean holds(long number) {
    return from <= number && number <= to;
  }

  String ofAnyNumber() {
    return "a number above " + from + " and up to " + to;
  }

  @Override
  public String toString() {
    return "a whole number from " + from + " to " + to;
  }
}
