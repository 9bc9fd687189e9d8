package dev.ringway.control.admin;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import io.envoyproxy.envoy.config.core.v3.DataSource;
import io.envoyproxy.envoy.config.listener.v3.Filter;
import io.envoyproxy.envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.Secret;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.TlsCertificate;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

final class RedactionTest
{
    @Test
    void shouldHideKeysAndKeepCertificates() throws Exception
    {
        final Secret secret = Secret.newBuilder().setName("s").setTlsCertificate(TlsCertificate.newBuilder()
            .setCertificateChain(DataSource.newBuilder().setInlineString("public"))
            .setPrivateKey(DataSource.newBuilder().setInlineString("key-1"))
            .setPassword(DataSource.newBuilder().setInlineBytes(ByteString.copyFromUtf8("pass-2")))).build();
        final Secret shown = (Secret)Redaction.redact(secret);
        assertEquals("s", shown.getName());
        assertEquals("public", shown.getTlsCertificate().getCertificateChain().getInlineString());
        assertEquals("[redacted]", shown.getTlsCertificate().getPrivateKey().getInlineString());
        assertEquals("[redacted]", shown.getTlsCertificate().getPassword().getInlineBytes().toStringUtf8());
        assertFalse(shown.toByteString().toStringUtf8().matches("(?s).*(key-1|pass-2).*"));
    }

    @Test
    void shouldLeaveTypedConfigurationsReadable() throws Exception
    {
        final TcpProxy proxy = TcpProxy.newBuilder().setStatPrefix("p").setCluster("c").build();
        final Filter filter = Filter.newBuilder().setName("f").setTypedConfig(Any.pack(proxy)).build();
        final Filter shown = (Filter)Redaction.redact(filter);
        assertEquals(proxy, shown.getTypedConfig().unpack(TcpProxy.class));
    }
}
