"""What the operator's file says about services: whose each is, where it runs and what is known of it elsewhere."""

from bot.domain.shipping import Shipping
from bot.organisation import Link, Service
from bot.organisation_values import (
    build_trigger,
    cloud_name,
    count,
    image,
    key,
    path,
    repository,
    statuspage_id,
    switch,
    text,
    url,
)
from bot.yaml_section import Section


def read_service(section: Section, name: str) -> Service:
    """One service by its name."""
    service = Service(
        key=name,
        title=section.value("title", text, name.replace("-", " ").capitalize()),
        owner=section.required("owner", key, ""),
        region=section.value("region", key, None),
        health_url=section.value("health_url", url, None),
        links=read_links(section.section("links")),
        on_status_page=section.value("status_page", switch, Service.on_status_page),
        statuspage_component=section.value("statuspage_component", statuspage_id, None),
        cloud_run=section.value("cloud_run", cloud_name, None),
        repository=section.value("repository", repository, None),
        image=section.value("image", image, None),
        pool_size=section.value("pool_size", count, None),
        shipping=Shipping(
            build_trigger=section.value("build_trigger", build_trigger, None),
            staging=section.value("staging", cloud_name, None),
            smoke=section.values("smoke", path),
        ),
    )
    section.close()
    return service


def read_links(section: Section) -> tuple[Link, ...]:
    """Titles and addresses."""
    links = (Link(title=title, url=section.value(title, url, "")) for title in section.names())
    return tuple(link for link in links if link.url)
