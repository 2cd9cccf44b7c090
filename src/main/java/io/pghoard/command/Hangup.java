// SPDX-License-Identifier: Apache-2.0
package io.pghoard.command;

import java.lang.reflect.Proxy;

/**
 * SIGHUP, by which daemons are told to read their configuration again.
 *
 * <p>Java has no public class for signals. That of the module jdk.unsupported is reached by its
 * name, as the compiler's warning of it cannot be silenced.
 */
final class Hangup {
  private Hangup() {}

  /**
   * Has each SIGHUP call something, instead of ending the process.
   *
   * @throws IllegalStateException when this Java has no such class
   */
  static void calls(Runnable what) {
    try {
      Class<?> signal = Class.forName("sun.misc.Signal");
      Class<?> handler = Class.forName("sun.misc.SignalHandler");
      Object runs =
          Proxy.newProxyInstance(
              Hangup.class.getClassLoader(),
              new Class<?>[] {handler},
              (proxy, method, arguments) -> {
                if (method.getName().equals("handle")) {
                  what.run();
                }
                return null;
              });
      signal
          .getMethod("handle", signal, handler)
          .invoke(null, signal.getConstructor(String.class).newInstance("HUP"), runs);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("this Java cannot listen to SIGHUP", e);
    }
  }
}
