// SPDX-License-Identifier: Apache-2.0
package io.pghoard.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ConnectionInfoTest {
  /** The right column is what libpq makes of the left one, as toConnectionString writes it. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "host=db.example port=5432 | host='db.example' port='5432'",
        "host = db   user= 'a b' | host='db' user='a b'",
        "password='it\\'s \\\\' | password='it\\'s \\\\'",
        "password=a\\ b user=x | password='a b' user='x'",
        "user='' host=db | host='db' user=''",
        "host=a host=b | host='b'",
        "host=a,b port=5432,5433 | host='a,b' port='5432,5433'",
        "host=/var/run/postgresql | host='/var/run/postgresql'",
        "hostaddr=::1 | hostaddr='::1'",
      })
  void parse_takesKeyValueStrings(String text, String expected) {
    assertThat(ConnectionInfo.parse(text).toConnectionString()).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "postgresql:// | \"\"",
        "postgres://localhost | host='localhost'",
        "postgresql://localhost:5433 | host='localhost' port='5433'",
        "postgresql://localhost/mydb | dbname='mydb' host='localhost'",
        "postgresql://user@localhost | host='localhost' user='user'",
        "postgresql://user:secret@localhost | host='localhost' password='secret' user='user'",
        "postgresql://user:@localhost | host='localhost' user='user'",
        "postgresql://u:a%40b%2Fc%3A@h | host='h' password='a@b/c:' user='u'",
        "postgresql://u:what?@h/db | dbname='db' host='h' password='what?' user='u'",
        "postgresql://h1:123,h2:456/db | dbname='db' host='h1,h2' port='123,456'",
        "postgresql://h1,h2:456 | host='h1,h2' port=',456'",
        "postgresql://[2001:db8::1234]/db | dbname='db' host='2001:db8::1234'",
        "postgresql://[::1]:5433,b | host='::1,b' port='5433,'",
        "postgresql://%2Fvar%2Flib%2Fpostgresql/db | dbname='db' host='/var/lib/postgresql'",
        "postgresql:///db?host=/var/run&port=5433 | dbname='db' host='/var/run' port='5433'",
        "postgresql://h?sslmode=verify-full&application_name=a%20b | \"application_name='a b'"
            + " host='h' sslmode='verify-full'\"",
        "postgresql://h?ssl=true | host='h' sslmode='require'",
        "postgresql://h/d%C3%A9 | dbname='dé' host='h'",
        "postgresql://h/?user=other | host='h' user='other'",
      })
  void parse_takesUris(String uri, String expected) {
    assertThat(ConnectionInfo.parse(uri).toConnectionString()).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "secret",
        "host=db secret",
        "=secret",
        "password='secret",
        "hots=secret",
        "port=secret",
        "port=0",
        "port=65536",
        "port=99999",
        "host=db port=1,secret",
        "postgres://h:secret",
        "postgres://[secret",
        "postgres://[]secret",
        "postgres://[::1]secret",
        "postgres://u:secret%4@h",
        "postgres://u:secret%zz@h",
        "postgres://u:secret%00@h",
        "postgres://u:secret%ff@h",
        "postgres://h?secret",
        "postgres://h?user=a=secret",
        "postgres://h?secret=a",
        "postgres://h?user=a&",
      })
  void parse_refusesWithoutQuotingTheText(String text) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ConnectionInfo.parse(text))
        .withMessageNotContaining("secret");
  }

  @Test
  void toString_showsNoSecret() {
    ConnectionInfo info = ConnectionInfo.parse("host=db password=secret sslpassword=secret");

    assertThat(info).hasToString("host='db'");
  }

  @Test
  void with_replacesAndWithoutRemoves() {
    ConnectionInfo info = new ConnectionInfo(Map.of("host", "a", "dbname", "b"));

    assertThat(info.with("host", "c").without("dbname").parameters())
        .isEqualTo(Map.of("host", "c"));
  }

  @Test
  void value_withAZeroCharacterIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new ConnectionInfo(Map.of("host", "a\0b")))
        .withMessageContaining("host");
  }
}
