// SPDX-License-Identifier: Apache-2.0
package io.pghoard.repository.s3;

import io.pghoard.repository.PermanentStorageException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import software.amazon.awssdk.http.TlsTrustManagersProvider;

/**
 * The certificates of a PEM file, which are trusted instead of Java's own authorities.
 *
 * @param file with one certificate or several
 */
record TrustedAuthorities(Path file) {
  TlsTrustManagersProvider read() throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
      store.load(null, null);
      int number = 0;
      for (Certificate one : CertificateFactory.getInstance("X.509").generateCertificates(in)) {
        store.setCertificateEntry("authority-" + number++, one);
      }
      if (number == 0) {
        throw new PermanentStorageException(
            "there is no certificate in " + file + "; write the authority's there, as PEM");
      }
      TrustManagerFactory factory =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      factory.init(store);
      TrustManager[] managers = factory.getTrustManagers();
      return () -> managers;
    } catch (GeneralSecurityException e) {
      throw new PermanentStorageException(
          "cannot read the certificates in %s: %s; it must be PEM".formatted(file, e.getMessage()),
          e);
    } catch (PermanentStorageException e) {
      throw e;
    } catch (IOException e) {
      throw new PermanentStorageException(
          "cannot read the certificates in %s (cert_path): %s".formatted(file, e), e);
    }
  }
}
