// SPDX-License-Identifier: Apache-2.0
package io.pghoard.check;

import java.io.IOException;
import java.time.Duration;
import java.util.function.Consumer;

/** Makes checks one after the other, and tells what each has found as soon as it has ended. */
public final class Checks {
  private final String group;
  private final Consumer<Finding> listener;

  /**
   * Checks of one thing.
   *
   * @param group what they are about; their names start with it: "store"
   */
  public Checks(String group, Consumer<Finding> listener) {
    this.group = group;
    this.listener = listener;
  }

  /** What a check does. */
  @FunctionalInterface
  public interface Question {
    Answer ask() throws IOException;
  }

  /** Checks of something else, told to the same listener. */
  public Checks of(String other) {
    return new Checks(other, listener);
  }

  /**
   * Makes a check; an IOException is its failure.
   *
   * @param remedy what to do when it throws
   * @return whether others that build on it can be made: it did not fail, and is not unknown
   */
  public boolean check(String name, String remedy, Question question) {
    long start = System.nanoTime();
    Answer answer;
    try {
      answer = question.ask();
    } catch (IOException e) {
      answer = Answer.failed(String.valueOf(e.getMessage()), remedy);
    }
    Duration took = Duration.ofNanos(System.nanoTime() - start);
    listener.accept(new Finding(group + ": " + name, answer, took));
    return answer.outcome() == Outcome.OK || answer.outcome() == Outcome.WARNING;
  }

  /** Tells of a check that cannot be made. */
  public void unknown(String name, String why) {
    listener.accept(new Finding(group + ": " + name, Answer.unknown(why), Duration.ZERO));
  }
}
