// SPDX-License-Identifier: Apache-2.0
package io.pghoard;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The command of another Java process with the class path of the tests. None of them lives long
 * enough to earn back what the optimizing compiler costs, so they do without it.
 */
public final class JavaCommand {
  private static final List<String> QUICK = List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC");

  private JavaCommand() {}

  /** Runs a class of the tests or of pghoard, with options of the JVM that come before it. */
  public static List<String> of(Class<?> main, List<String> options, String... arguments) {
    List<String> command = start(options);
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
    command.addAll(List.of(arguments));
    return command;
  }

  /** Runs a jar with its own class path. */
  public static List<String> ofJar(Path jar, List<String> options, String... arguments) {
    List<String> command = start(options);
    command.addAll(List.of("-jar", jar.toString()));
    command.addAll(List.of(arguments));
    return command;
  }

  private static List<String> start(List<String> options) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(QUICK);
    command.addAll(options);
    return command;
  }
}
