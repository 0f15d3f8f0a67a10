# What site.yml says, for pyinfra 3.
from io import StringIO

from pyinfra import config, host
from pyinfra.operations import apt, files, server, systemd

config.SUDO = True

fqdn = host.data.matrix_fqdn
root = f"/var/www/{fqdn}"
changed = []

apt.packages(name="Apache is installed", packages=["apache2"])

for module, extensions in {"proxy": ["load", "conf"], "proxy_http": ["load"], "headers": ["load"], "http2": ["load", "conf"]}.items():
    for extension in extensions:
        file = f"{module}.{extension}"
        changed.append(files.link(name=f"Apache module {file}", path=f"/etc/apache2/mods-enabled/{file}", target=f"../mods-available/{file}"))

files.directory(name="Document root", path=root, mode="755", user="root", group="root")

files.put(
    name="client.json",
    src=StringIO('{"m.homeserver":{"base_url":"https://%s"},"m.identity_server":{"base_url":"https://%s"}}' % (fqdn, fqdn)),
    dest=f"{root}/client.json",
    mode="644",
)
files.put(name="server.json", src=StringIO('{"m.server": "%s:443"}' % fqdn), dest=f"{root}/server.json", mode="644")

changed.append(files.template(
    name="Virtual host",
    src="templates/vhost.conf.j2",
    dest=f"/etc/apache2/sites-available/{fqdn}.conf",
    mode="644",
    matrix_fqdn=fqdn,
    docroot=root,
))
changed.append(files.link(name="Site enabled", path=f"/etc/apache2/sites-enabled/{fqdn}.conf", target=f"../sites-available/{fqdn}.conf"))

systemd.service(name="Apache running", service="apache2", running=True, enabled=True)
systemd.service(name="Reload Apache", service="apache2", reloaded=True, _if=lambda: any(each.did_change() for each in changed))

server.shell(
    name="The server document is served",
    commands=[f"curl -sf -H 'Host: {fqdn}' http://127.0.0.1/.well-known/matrix/server | grep -q '{fqdn}:443'"],
)
