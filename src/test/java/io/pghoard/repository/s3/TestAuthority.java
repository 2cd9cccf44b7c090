// SPDX-License-Identifier: Apache-2.0
package io.pghoard.repository.s3;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/** A certificate authority of a test's own, made by the JDK's keytool. */
public record TestAuthority(Path directory) {
  private static final String PASSWORD = "changeit";

  public static TestAuthority in(Path directory) throws Exception {
    TestAuthority authority = new TestAuthority(directory);
    authority.keytool("ca", "-genkeypair", "-keyalg", "EC", "-dname", "CN=test", "-ext", "bc:c");
    authority.keytool("ca", "-exportcert", "-rfc", "-file", "ca.pem");
    return authority;
  }

  /** Its own certificate, as PEM. */
  Path certificate() {
    return directory.resolve("ca.pem");
  }

  /** What a server on 127.0.0.1 needs, with a certificate that is good for two days. */
  public SSLContext server(String name, String since) throws Exception {
    keytool(name, "-genkeypair", "-keyalg", "EC", "-dname", "CN=127.0.0.1");
    keytool(name, "-certreq", "-file", name + ".csr");
    keytool(
        "ca",
        "-gencert",
        "-infile",
        name + ".csr",
        "-outfile",
        name + ".pem",
        "-rfc",
        "-startdate",
        since,
        "-validity",
        "2",
        "-ext",
        "san=ip:127.0.0.1");
    Path chain = directory.resolve(name + "-chain.pem");
    Files.writeString(
        chain,
        Files.readString(directory.resolve(name + ".pem")) + Files.readString(certificate()));
    keytool(name, "-importcert", "-noprompt", "-file", chain.toString());
    KeyStore store = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(directory.resolve(name + ".p12"))) {
      store.load(in, PASSWORD.toCharArray());
    }
    KeyManagerFactory factory =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    factory.init(store, PASSWORD.toCharArray());
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(factory.getKeyManagers(), null, null);
    return context;
  }

  private void keytool(String name, String... arguments) throws IOException, InterruptedException {
    List<String> command =
        new ArrayList<>(
            List.of(Path.of(System.getProperty("java.home"), "bin", "keytool").toString()));
    command.addAll(List.of(arguments));
    command.addAll(List.of("-alias", name, "-keystore", name + ".p12", "-storepass", PASSWORD));
    Process process =
        new ProcessBuilder(command).directory(directory.toFile()).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), UTF_8);
    if (process.waitFor() != 0) {
      throw new AssertionError(command + ":\n" + said);
    }
  }
}
